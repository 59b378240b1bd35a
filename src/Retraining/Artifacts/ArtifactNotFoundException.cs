namespace Retraining.Artifacts;

public sealed class ArtifactNotFoundException(string path, string location)
    : IOException($"{path} is not in {location}, expected it to be there");
