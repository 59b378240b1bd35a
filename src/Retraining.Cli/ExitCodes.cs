namespace Retraining.Cli;

internal static class ExitCodes
{
    /// <summary>Published, or the command did what it was asked.</summary>
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>Wrong usage or configuration.</summary>
    public const int Usage = 2;

    /// <summary>The gate refused.</summary>
    public const int Rejected = 3;

    /// <summary>Ctrl-C, or <c>retrain cancel</c>.</summary>
    public const int Cancelled = 130;
}
