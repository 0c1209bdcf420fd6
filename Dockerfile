# The executable on a slim base. Build: docker build --build-arg BUILD_COMMIT=$(git rev-parse --short=12 HEAD) -t tallyman .
# Run: docker run -p 8420:8420 -e TALLYMAN_API_TOKEN=… -v tallyman:/data tallyman
# Without the token it does not start: others can reach a published port.

FROM oven/bun:1.4.5 AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN bun install --frozen-lockfile --production --ignore-scripts
COPY . .
ARG BUILD_COMMIT=
RUN bun scripts/lib/build.ts /out/tallyman

FROM debian:trixie-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin tallyman \
 && install -d -o tallyman -g tallyman /data
COPY --from=build /out/tallyman /usr/local/bin/tallyman
USER tallyman
WORKDIR /data
VOLUME /data
ENV HOST=0.0.0.0 PORT=8420 TALLYMAN_DATA_DIR=/data
EXPOSE 8420
# The executable holds Bun, and with BUN_BE_BUN it is Bun: no need for wget or curl.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD BUN_BE_BUN=1 tallyman -e 'const {ok} = await fetch(`http://127.0.0.1:${process.env.PORT}/livez`); process.exit(ok ? 0 : 1)'
ENTRYPOINT ["tallyman"]
CMD ["serve"]
