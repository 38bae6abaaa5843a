# The image of every process of Tiaojie: web, worker, migration. Built from the wheel, run by nobody in particular.
ARG BASE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN python -m venv /opt/tiaojie \
 && /opt/tiaojie/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt \
 && python -m venv /opt/tools \
 && /opt/tools/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY package.json package-lock.json ./
RUN PATH=/opt/tools/bin:$PATH npm ci --no-audit --no-fund
COPY . .
RUN /opt/tools/bin/python setup/vendor.py \
 && /opt/tools/bin/python -m hatchling build -t wheel -d dist \
 && /opt/tiaojie/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM ${BASE}
# The number is said, so that the owner of mounted secrets can be.
RUN useradd --uid 10001 --user-group --create-home --home-dir /var/lib/tiaojie --shell /usr/sbin/nologin tiaojie \
 && install -d -o tiaojie -g tiaojie -m 0700 /var/lib/tiaojie/files /var/lib/tiaojie/checkpoints
COPY --from=build /opt/tiaojie /opt/tiaojie
ENV PATH=/opt/tiaojie/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TIAOJIE_DATA=/var/lib/tiaojie \
    TIAOJIE_HOST=0.0.0.0 \
    TIAOJIE_LOG=json
USER 10001:10001
WORKDIR /var/lib/tiaojie
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=8s --start-period=30s --retries=3 CMD ["tiaojie", "serve", "--check"]
ENTRYPOINT ["tiaojie"]
CMD ["serve"]
