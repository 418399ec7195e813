using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Samples.Tests;

/// <summary>Many clients at once, each with images of its own, each comparing the answer with what the model says of that image alone.</summary>
/// <param name="Answers">Right ones.</param>
/// <param name="Wrong">Answers that are another image's, or nobody's.</param>
/// <param name="Errors">What else came, and how often.</param>
/// <param name="Rate">Right answers a second.</param>
/// <param name="P50">Milliseconds that half of the answers took at most.</param>
/// <param name="P99">Milliseconds that all but a hundredth took at most.</param>
internal sealed record LoadRun(int Answers, int Wrong, IReadOnlyDictionary<string, int> Errors, double Rate, double P50, double P99)
{
    /// <param name="server">The server, with the model that <paramref name="expected"/> was asked for.</param>
    /// <param name="images">Images; client c sends those whose index is c modulo the number of clients.</param>
    /// <param name="expected">What the model says of each.</param>
    /// <param name="clients">How many clients.</param>
    /// <param name="time">How long.</param>
    public static async Task<LoadRun> AgainstAsync(HttpClient server, byte[][] images, ImagePrediction[] expected, int clients, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var milliseconds = new ConcurrentBag<double>();
        var errors = new ConcurrentDictionary<string, int>();
        int wrong = 0;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => AskAsync(client))));
        double[] sorted = [.. milliseconds.Order()];
        return new LoadRun(
            sorted.Length, wrong, errors, sorted.Length / clock.Elapsed.TotalSeconds, sorted.ElementAtOrDefault(sorted.Length / 2), sorted.ElementAtOrDefault(sorted.Length * 99 / 100));

        async Task AskAsync(int client)
        {
            for (int i = client; clock.Elapsed < time; i = i + clients < images.Length ? i + clients : client)
            {
                long start = Stopwatch.GetTimestamp();
                try
                {
                    if (await IsRightAsync(server, images[i], expected[i], wantsFeatures: i % 4 == 0))
                    {
                        milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    }
                    else
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
                catch (HttpRequestException exception)
                {
                    errors.AddOrUpdate(exception.Message, 1, (_, count) => count + 1);
                }
            }
        }
    }

    private static async Task<bool> IsRightAsync(HttpClient server, byte[] image, ImagePrediction expected, bool wantsFeatures)
    {
        using var body = new ByteArrayContent(image) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
        using HttpResponseMessage response = await server.PostAsync(new Uri(wantsFeatures ? "api/features" : "api/classify?top=1000", UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
        using JsonDocument json = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
        JsonElement answer = json.RootElement.GetProperty("images")[0];
        return wantsFeatures
            ? answer.GetProperty("features").EnumerateArray().Select(value => value.GetSingle()).SequenceEqual(expected.Features.ToArray())
            : answer.GetProperty("predictions").EnumerateArray()
                .Select(value => (value.GetProperty("label").GetString(), value.GetProperty("probability").GetSingle()))
                .SequenceEqual(expected.Top(1000).Select(value => ((string?)value.Label, value.Probability)));
    }
}
