# The command line in a container: `worker` carries runs from a Durable Task hub, `serve` is the whole service on one machine.
# Context: the repository's root. docker build -f infra/worker.Dockerfile .
# For a GPU: --build-arg TORCH_BUNDLE=TorchSharp-cuda-linux
FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TORCH_BUNDLE=TorchSharp-cpu
# What the image is for: with durabletask the build fails where the feed lacks Durable Task, instead of the worker at its start.
ARG ENGINE=embedded
WORKDIR /source
# Node.js only for feeds without ONNX Runtime, whose library then comes from npm.
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
COPY . .
RUN eng/feed --again && if [ "$ENGINE" = durabletask ]; then infra/require-full-build; fi
# For one platform: the native libraries of all of them are several times as large.
RUN dotnet publish src/Retraining.Cli/Retraining.Cli.csproj -c Release -r linux-x64 --self-contained false -p:TorchBundle=$TORCH_BUNDLE -o /app --nologo

FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
COPY config/default.yaml config/default.yaml
# Journals and working files of the embedded engine; mount a volume there to keep them.
RUN mkdir -p .local && chown -R $APP_UID .local
USER $APP_UID
ENTRYPOINT ["./retrain"]
CMD ["worker"]
