namespace Retraining.Source;

/// <summary>Words that sample titles, tags and names are made of.</summary>
internal static class SampleWords
{
    public static readonly string[] Tags =
    [
        "海", "山", "夏", "冬", "旅", "料理", "音楽", "猫", "犬", "電車", "温泉", "祭り", "学園", "恋愛", "推理", "時代劇", "宇宙", "怪談", "家族", "友情",
        "花", "星", "雨", "夜景", "釣り", "登山", "茶道", "書道", "相撲", "野球", "忍者", "侍", "京都", "北海道", "沖縄", "東京", "大阪", "田舎", "名作", "短編",
        "ocean", "mountain", "summer", "winter", "travel", "cooking", "jazz", "cats", "dogs", "trains", "romance", "mystery", "western", "space", "horror",
        "family", "friendship", "heist", "courtroom", "robots", "boxing", "surfing", "chess", "piano", "theatre", "desert", "island", "jungle", "arctic",
        "spies", "pirates", "vampires", "gardening", "painting", "skating", "climbing", "road trip", "time travel", "coming of age", "slow life",
    ];

    /// <summary>Tags that say nothing of a topic.</summary>
    public static readonly string[] CommonTags = ["HD", "字幕", "限定", "新作", "特典", "セット", "remastered", "exclusive"];

    public static readonly string[] JapaneseFamilyNames =
    [
        "佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田", "佐々木", "山口", "松本", "井上", "木村", "林", "清水", "斎藤",
    ];

    public static readonly string[] JapaneseGivenNames =
    [
        "陽子", "美咲", "葵", "結衣", "さくら", "翔太", "健", "大輔", "直樹", "花子", "凛", "楓", "蓮", "悠真", "紬", "千尋", "光", "玲奈", "拓海", "真央",
    ];

    public static readonly string[] EnglishFamilyNames =
        ["Smith", "Garcia", "Chen", "Novak", "Okafor", "Larsen", "Rossi", "Dubois", "Kowalski", "Silva", "Murphy", "Haddad", "Ivanova", "Weber", "Patel"];

    public static readonly string[] EnglishGivenNames =
        ["Emma", "Liam", "Noah", "Ava", "Mia", "Lucas", "Nina", "Oscar", "Clara", "Hugo", "Ines", "Felix", "Zoe", "Leo", "Ruth"];

    public static readonly string[] Makers =
        ["青空映像", "星屑スタジオ", "北斗フィルム", "月光社", "山猫プロ", "Blue Lantern", "Harbor Nine", "Red Maple", "Tall Grass", "Paper Crane"];

    public static readonly string[] TitlePatterns = ["{0}の{1}", "{0}と{1}の物語", "{1}へ、{0}", "{0} of {1}", "The {1} {0}", "{0} & {1}", "{0}、ふたたび{1}"];

    public static readonly string[] Descriptions =
    [
        "{0}と{1}をめぐる一日を追う。", "{0}に魅せられた人々の記録。{1}も登場。", "忘れられない{0}、そして{1}。",
        "A quiet story about {0} and {1}.", "Everything changes when {0} meets {1}.", "An evening of {0}, with a little {1}.",
    ];
}
