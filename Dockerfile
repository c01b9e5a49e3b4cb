# The engine, as published code on Node. `docker build -t perdure .`

FROM node:24-slim AS build
WORKDIR /perdure
COPY . .
RUN npm ci && npm run build
# What stays is what the engine needs at run time.
RUN npm ci --omit=dev --workspace=services/engine

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /perdure
COPY --from=build /perdure/node_modules ./node_modules
COPY --from=build /perdure/sdk/typescript/dist ./sdk/typescript
COPY --from=build /perdure/services/console/dist ./services/console
COPY --from=build /perdure/services/engine/dist ./services/engine
COPY scripts/healthcheck.ts ./scripts/
# Refuses an image that lacks a module, and makes the folder of the embedded store.
RUN node services/engine/src/main.js --help && install --directory --owner=node --group=node /data
USER node
VOLUME /data
# Configured by environment, so that the health check finds the engine.
ENV PERDURE_LISTEN=0.0.0.0:7070 PERDURE_STORE=sqlite:/data/perdure.db
EXPOSE 7070
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "scripts/healthcheck.ts"]
# Node itself is process 1, so SIGTERM reaches it and drains.
ENTRYPOINT ["node", "services/engine/src/main.js"]
