"""Names of the cookies, shared by every door."""

SESSION = "tiaojie_session"
PENDING = "tiaojie_pending"
CSRF = "tiaojie_csrf"
LANGUAGE = "tiaojie_language"
