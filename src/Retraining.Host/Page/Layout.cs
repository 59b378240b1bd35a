using Microsoft.AspNetCore.Http;

namespace Retraining.Host.Page;

/// <summary>The frame of every page.</summary>
internal static class Layout
{
    private static readonly (string Path, string Title)[] Tabs = [("/", "Now"), ("/runs", "Runs"), ("/models", "Models")];

    /// <param name="live">Query of the live updates for this page, such as <c>view=overview</c>; null when it has none.</param>
    public static IResult Page(string title, string tab, Html content, string? live = null)
    {
        var tabs = Html.All(Tabs, item => item.Path == tab
            ? Html.Of($"<a href=\"{item.Path}\" aria-current=\"page\">{item.Title}</a>")
            : Html.Of($"<a href=\"{item.Path}\">{item.Title}</a>"));
        return Document(title, live, Html.Of($"""
            <a class="skip" href="#content">To the content</a>
            <header>
            <a class="brand" href="/"><span class="towers" aria-hidden="true"><i></i><i></i></span> Two-Tower Retraining</a>
            <nav aria-label="Pages">{tabs}</nav>
            <form method="post" action="/sign-out"><button class="plain">Sign out</button></form>
            </header>
            <main id="content" tabindex="-1">{content}</main>
            """));
    }

    public static IResult Document(string title, string? live, Html body, int statusCode = 200)
    {
        var html = Html.Of($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{title} · Two-Tower Retraining</title>
            <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/assets/page.css">
            <script src="/assets/page.js" defer></script>
            </head>
            <body data-live="{live}">{body}</body>
            </html>
            """);
        return Results.Content(html.ToString(), "text/html; charset=utf-8", statusCode: statusCode);
    }

    /// <summary>A part that live updates replace.</summary>
    public static Html Region(string id, Html content) => Html.Of($"<div id=\"{id}\" data-region>{content}</div>");
}
