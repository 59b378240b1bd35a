# The command line in a container: `worker` carries runs from a Durable Task hub, `serve` is the whole service on one machine.
# Context: the repository's root. docker build -f infra/worker.Dockerfile .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# Node.js only for feeds without ONNX Runtime, whose library then comes from npm.
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
COPY . .
RUN eng/feed --again && dotnet publish src/Retraining.Cli/Retraining.Cli.csproj -c Release -o /app --nologo

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
COPY config/default.yaml config/default.yaml
# Journals and working files of the embedded engine; mount a volume there to keep them.
RUN mkdir -p .local && chown -R $APP_UID .local
USER $APP_UID
ENTRYPOINT ["./retrain"]
CMD ["worker"]
