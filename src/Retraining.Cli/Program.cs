using Retraining.Cli;

using var signals = new StopSignals();
return await RetrainProgram.RunAsync(args, CliStreams.OfProcess(), signals.Token);
