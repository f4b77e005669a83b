# Two stages: dependencies are installed once, before the source; the image that runs holds no
# compiler and no cache. One image serves both the service (default command) and Datasette
# (compose.yaml).
ARG PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv /opt/monitor \
 && /opt/monitor/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY docker/monitor /opt/monitor/bin/monitor
RUN chmod 0755 /opt/monitor/bin/monitor

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="kz-monitor" \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/monitor/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp
COPY --from=build /opt/monitor /opt/monitor
COPY monitor /app/monitor
COPY feeds.yaml /app/feeds.yaml
# A fresh volume hides storage/: what Datasette needs stands beside it.
COPY storage/datasette.yaml /app/archive/datasette.yaml
COPY storage/plugins /app/archive/plugins
WORKDIR /app
# A numeric id, so that orchestrators can prove that it is not root.
RUN python -m compileall -q /app/monitor \
 && mkdir -p /app/storage \
 && chown 10001:10001 /app/storage
USER 10001:10001
VOLUME /app/storage
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=90s --retries=3 \
  CMD ["monitor", "health"]
CMD ["monitor", "run"]
