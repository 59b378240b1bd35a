using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Retraining.Configuration;

/// <summary>One setting: its name and what it takes.</summary>
public sealed class SettingKey
{
    private readonly PropertyInfo _property;
    private readonly IReadOnlyList<ValidationAttribute> _rules;

    internal SettingKey(PropertyInfo section, PropertyInfo property)
    {
        _property = property;
        _rules = [.. property.GetCustomAttributes<ValidationAttribute>()];
        Section = SettingsSchema.Snake(section.Name);
        Name = SettingsSchema.Snake(property.Name);
        SectionProperty = section;
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        AllowsNull = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        IsList = typeof(System.Collections.IEnumerable).IsAssignableFrom(Type) && Type != typeof(string);
        ItemType = IsList ? Type.GetGenericArguments()[0] : Type;
    }

    /// <summary><c>training</c>.</summary>
    public string Section { get; }

    /// <summary><c>embedding_dim</c>.</summary>
    public string Name { get; }

    /// <summary><c>training.embedding_dim</c>.</summary>
    public string Path => $"{Section}.{Name}";

    public bool AllowsNull { get; }
    public bool IsList { get; }

    internal string PropertyName => _property.Name;
    internal PropertyInfo SectionProperty { get; }
    internal Type Type { get; }
    internal Type ItemType { get; }

    /// <summary>What a value has to be, for messages.</summary>
    public string Expected => string.Join(", ", [TypeName(), .. _rules.Select(Describe)]) + (AllowsNull ? ", or nothing" : "");

    /// <summary>The value in <paramref name="settings"/>.</summary>
    public object? Read(RetrainingSettings settings) => _property.GetValue(SectionProperty.GetValue(settings));

    /// <summary>Whether a value keeps the rules; lists keep them entry by entry.</summary>
    internal bool IsValid(object? value)
    {
        if (value is null)
            return AllowsNull;
        var values = IsList ? ((System.Collections.IEnumerable)value).Cast<object>().ToList() : [value];
        return _rules.All(rule => rule is MinLengthAttribute ? rule.IsValid(value) : values.All(rule.IsValid));
    }

    private string TypeName()
    {
        var name = ItemType == typeof(int) || ItemType == typeof(long) ? "a whole number"
            : ItemType == typeof(double) || ItemType == typeof(float) ? "a number"
            : ItemType == typeof(bool) ? "true or false"
            : ItemType == typeof(DateOnly) ? "a date (yyyy-MM-dd)"
            : "a text";
        return IsList ? $"a list, each entry {name}" : name;
    }

    private static string Describe(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => $"{(range.MinimumIsExclusive ? "above" : "from")} {range.Minimum} {(range.MaximumIsExclusive ? "to below" : "to")} {range.Maximum}",
        AllowedValuesAttribute allowed => $"one of {string.Join(", ", allowed.Values)}",
        MinLengthAttribute length => $"at least {length.Length} of them",
        _ => rule.GetType().Name,
    };
}
