using System.Runtime.InteropServices;

namespace ResNeXt.MLNet;

/// <summary>Environment variables for native libraries, which .NET's own function reaches on Windows alone.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable for this process, its libraries and its children. Libraries that have read it already are not told.</summary>
    public static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows())
        {
            _ = SetVariable(name, value, 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
