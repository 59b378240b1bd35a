namespace Retraining.Host.Keys;

/// <summary>What a key allows. Its name is the authorization policy and the claim.</summary>
public enum Access
{
    /// <summary>Look at runs, models and recommendations.</summary>
    Read,

    /// <summary>Everything: start and steer runs, activate versions.</summary>
    Start,
}
