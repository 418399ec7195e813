using Microsoft.Playwright;

namespace ResNeXt.Samples.Tests;

/// <summary>The page in a browser, and everything that it complained of.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    private BrowserPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", message.Text); // violations of the security policy are errors here
        page.PageError += (_, error) => Note(true, error);
        page.RequestFailed += (_, request) => Note(true, $"{request.Url}: {request.Failure}");
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints)
            {
                return [.. _complaints];
            }
        }
    }

    public static async Task<BrowserPage> OpenAsync(IBrowserContext context, Uri address)
    {
        var page = new BrowserPage(context, await context.NewPageAsync());
        await page.Page.GotoAsync(address.AbsoluteUri);
        await page.Page.Locator("#model[data-state=ready]").WaitForAsync();
        return page;
    }

    /// <summary>Chooses files as a user does, and waits for the answers.</summary>
    public async Task ChooseAsync(params (string Name, byte[] Content)[] files)
    {
        await Page.Locator("#files").SetInputFilesAsync(files.Select(file => new FilePayload
        {
            Name = file.Name,
            MimeType = "image/jpeg",
            Buffer = file.Content,
        }));
        await AnsweredAsync();
    }

    public async Task AnsweredAsync()
    {
        await Page.Locator(".card").First.WaitForAsync();
        await Assertions.Expect(Page.Locator(".card[aria-busy=true]")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool isBad, string text)
    {
        if (isBad)
        {
            lock (_complaints)
            {
                _complaints.Add(text);
            }
        }
    }
}
