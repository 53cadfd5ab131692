# muster in a container, for GitLab, Jenkins and other places: docker run --rm -v "$PWD:/content" muster test
FROM rust:1-alpine AS build
RUN apk add --no-cache build-base
WORKDIR /muster
COPY . .
RUN cargo build --profile dist --locked

FROM alpine:3
# git tells what a change touches (--changed).
RUN apk add --no-cache git && adduser -D -u 10001 muster && git config --system --add safe.directory '*'
COPY --from=build /muster/target/dist/muster /usr/local/bin/muster
USER muster
WORKDIR /content
ENTRYPOINT ["muster"]
