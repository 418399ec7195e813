using System.Net;
using System.Text;
using Markdig;

namespace ResNeXt.Training;

/// <summary>
/// A page of figures, for programs that have no notebook around them: what is added stands in one HTML file, which loads nothing. The file is
/// written whole each time, so a program that fails leaves what it had to show.
/// </summary>
/// <param name="path">The file to create or replace.</param>
/// <param name="title">Its title.</param>
public sealed class FigurePage(string path, string title)
{
    private const string Style = "body{max-width:62rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif;color:#1a1d21;background:#fff}"
        + "svg{max-width:100%;height:auto;display:block;margin:1rem 0}table{border-collapse:collapse;margin:1rem 0}"
        + "th,td{padding:.25rem .7rem;border-bottom:1px solid #d9dde2;text-align:left}pre{white-space:pre-wrap}";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    private readonly StringBuilder _body = new();

    /// <summary>Adds a <see cref="Figure"/>, or anything else as text.</summary>
    /// <param name="value">What to show.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(object? value)
    {
        Figure figure = value as Figure ?? Figure.Text(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "");
        _body.Append(figure.Content).Append('\n');
        Write();
    }

    /// <summary>Adds a heading and text.</summary>
    /// <param name="heading">The heading; <see langword="null"/> for none.</param>
    /// <param name="text">Markdown; HTML in it stays text.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void AddText(string? heading, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _body.Append(heading is null ? "" : $"<h2>{WebUtility.HtmlEncode(heading)}</h2>\n").Append(Markdown.ToHtml(text, Pipeline));
        Write();
    }

    private void Write()
    {
        string page = $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>{WebUtility.HtmlEncode(title)}</title><style>{Style}</style></head><body>\n{_body}</body></html>\n";
        AtomicFile.WriteText(path, page);
    }
}
