# syntax=docker/dockerfile:1

# Builds with everything, then keeps what runs. All that runs is JavaScript, so that the small image below can have it.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json build.js ./
COPY src ./src
RUN npm run build
RUN --mount=type=cache,target=/root/.npm npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-alpine
LABEL org.opencontainers.image.title="sqs2pg" \
      org.opencontainers.image.description="Drains an Amazon SQS queue of JSON events into PostgreSQL" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
COPY LICENSE /app/
COPY --chmod=755 bin /app/bin
COPY migrations /app/migrations
COPY examples /app/examples
COPY --from=build /app/package.json /app/
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY --from=build /app/schema.json /app/schema.json
RUN ln -s /app/bin/sqs2pg.js /usr/local/bin/sqs2pg
# The program looks for sqs2pg.yaml where it is started: docker run -v "$PWD:/work" sqs2pg drain
WORKDIR /work
USER node
ENTRYPOINT ["sqs2pg"]
CMD ["--help"]
