# The executable on a slim base; one image for every role. compose.yaml runs all of them.
#
# Build: docker build --build-arg BUILD_COMMIT=$(git rev-parse --short=12 HEAD) -t tallyman .
# Run everything in one container, with the embedded database:
#   docker run -p 127.0.0.1:8420:8420 -v tallyman:/data tallyman
# People sign in there; its output has a token with which the first administrator is made.

FROM oven/bun:1.4.5 AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN bun install --frozen-lockfile --production --ignore-scripts
COPY . .
ARG BUILD_COMMIT=
RUN bun scripts/lib/build.ts /out/tallyman

FROM debian:trixie-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin tallyman \
 && install -d -o tallyman -g tallyman -m 700 /data /shared/uploads
COPY --from=build /out/tallyman /usr/local/bin/tallyman
USER tallyman
WORKDIR /data
VOLUME /data
# Whatever the role, it answers health checks on one port.
ENV HOST=0.0.0.0 PORT=8420 TALLYMAN_HEALTH_PORT=8420 TALLYMAN_DATA_DIR=/data
EXPOSE 8420
# The executable holds Bun, and with BUN_BE_BUN it is Bun: no need for wget or curl. A service answers on the one port,
# the other roles on the other, where somebody has made two of them.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD BUN_BE_BUN=1 tallyman -e 'const {PORT, TALLYMAN_HEALTH_PORT} = process.env; const {ok} = await Promise.any([PORT, TALLYMAN_HEALTH_PORT].map((port) => fetch(`http://127.0.0.1:${port}/livez`))); process.exit(ok ? 0 : 1)'
STOPSIGNAL SIGTERM
ENTRYPOINT ["tallyman"]
CMD ["serve"]
