namespace Retraining.Serving;

public enum EmbeddingKind
{
    Videos,
    Users,
}
