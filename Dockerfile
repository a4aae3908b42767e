# One image for every worker: the argument says which.

FROM rust:1.95-bookworm AS build
# The toolchain of this image, whatever rust-toolchain.toml would fetch.
ENV RUSTUP_TOOLCHAIN=$RUST_VERSION
WORKDIR /ringback
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/ringback/target \
    cargo build --release --locked --package ringback && \
    cp target/release/ringback /usr/local/bin/ringback

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /usr/local/bin/ringback /usr/local/bin/ringback
# Of the base image already; said again for whoever checks this file alone.
USER 65532:65532
EXPOSE 8080 8081
ENTRYPOINT ["/usr/local/bin/ringback"]
CMD ["--help"]
