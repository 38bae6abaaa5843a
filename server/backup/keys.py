"""Whether a secret file is the one that a backup's ciphertexts need: each key proves itself without showing itself."""

from pathlib import Path

from foundation import key_file
from foundation.keys import derive
from foundation.settings import SettingError


def key_proofs(secret_file: Path) -> dict[str, str]:
    """Of each key its id and a value derived from it; raises SettingError when there is no secret file."""
    if not secret_file.exists():
        zh, en = (
            "没有密钥文件；请先放回备份时使用的密钥文件",
            "is missing: put back the one that was in use at the backup",
        )
        raise SettingError("TIAOJIE_SECRET_FILE", zh, f"{en} ({secret_file})")
    keys = key_file.read(secret_file).keys
    return {str(key): derive(root, "backup-proof").hex()[:32] for key, root in keys.items()}
