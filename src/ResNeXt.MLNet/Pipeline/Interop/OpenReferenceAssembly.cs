// A build task, compiled by MSBuild (RoslynCodeTaskFactory, C# 7.3) and never part of the library: see OpenReferenceAssembly.targets.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an assembly and sets the visibility of some of its types, and of their fields and methods, from internal to public.
/// Only flag bits of three metadata tables change (ECMA-335, II.22), so nothing moves. The copy is for the compiler alone.
/// </summary>
public class OpenReferenceAssembly : Task
{
    private const int TypeDef = 2, Field = 4, MethodDef = 6;

    [Required]
    public string Source { get; set; }

    [Required]
    public string Target { get; set; }

    /// <summary>Names of the types, without namespace.</summary>
    [Required]
    public string[] Types { get; set; }

    public override bool Execute()
    {
        byte[] image = File.ReadAllBytes(Source);
        ICollection<string> opened = new Tables(image).Open(Types);
        foreach (string type in Types.Except(opened))
            Log.LogError("{0} has no type '{1}': this release of ML.NET moved what the model-file interop relies on.", Source, type);
        if (Log.HasLoggedErrors)
            return false;

        Directory.CreateDirectory(Path.GetDirectoryName(Target));
        File.WriteAllBytes(Target, image);
        return true;
    }

    private sealed class Tables
    {
        private readonly byte[] _image;
        private readonly int[] _rows = new int[64];
        private readonly int[] _starts = new int[64];
        private readonly int[] _sizes = new int[64];
        private readonly int _strings;
        private readonly int _stringIndex;

        public Tables(byte[] image)
        {
            _image = image;
            int root = MetadataRoot();
            int cursor = root + 16 + Int(root + 12);
            int streams = Short(cursor + 2);
            int tables = 0;
            cursor += 4;
            for (int i = 0; i < streams; i++)
            {
                int end = Array.IndexOf(image, (byte)0, cursor + 8);
                string name = Encoding.ASCII.GetString(image, cursor + 8, end - cursor - 8);
                if (name == "#~")
                    tables = root + Int(cursor);
                if (name == "#Strings")
                    _strings = root + Int(cursor);
                cursor += 8 + ((name.Length + 4) & ~3);
            }

            byte heaps = image[tables + 6];
            long present = BitConverter.ToInt64(image, tables + 8);
            cursor = tables + 24;
            for (int table = 0; table < 64; table++)
            {
                if ((present >> table & 1) != 0)
                {
                    _rows[table] = Int(cursor);
                    cursor += 4;
                }
            }

            // II.22.30 Module, .38 TypeRef, .37 TypeDef, FieldPtr, .15 Field, MethodPtr, .26 MethodDef: no later table is touched.
            _stringIndex = (heaps & 1) != 0 ? 4 : 2;
            int guid = (heaps & 2) != 0 ? 4 : 2;
            int blob = (heaps & 4) != 0 ? 4 : 2;
            _sizes[0] = 2 + _stringIndex + (3 * guid);
            _sizes[1] = Coded(2, 0, 0x1A, 0x23, 1) + (2 * _stringIndex);
            _sizes[TypeDef] = 4 + (2 * _stringIndex) + Coded(2, TypeDef, 1, 0x1B) + Index(Field) + Index(MethodDef);
            _sizes[3] = Index(Field);
            _sizes[Field] = 2 + _stringIndex + blob;
            _sizes[5] = Index(MethodDef);
            _sizes[MethodDef] = 8 + _stringIndex + blob + Index(8);
            for (int table = 0; table <= MethodDef; table++)
            {
                _starts[table] = cursor;
                cursor += _rows[table] * _sizes[table];
            }
        }

        /// <summary>Opens every type of the given names and returns the names found.</summary>
        public ICollection<string> Open(string[] names)
        {
            var found = new HashSet<string>();
            for (int row = 0; row < _rows[TypeDef]; row++)
            {
                int type = Row(TypeDef, row);
                string name = Name(type + 4);
                if (!names.Contains(name))
                    continue;

                found.Add(name);

                // NotPublic 0 -> Public 1; NestedAssembly 5 -> NestedPublic 2.
                int visibility = _image[type] & 7;
                _image[type] = (byte)((_image[type] & ~7) | (visibility == 0 ? 1 : visibility == 5 ? 2 : visibility));
                OpenMembers(Field, row, 0);
                OpenMembers(MethodDef, row, 6);
            }

            return found;
        }

        private void OpenMembers(int table, int type, int flags)
        {
            int last = type + 1 < _rows[TypeDef] ? FirstMember(table, type + 1) : _rows[table];
            for (int row = FirstMember(table, type); row < last; row++)
            {
                // Assembly 3 -> Public 6.
                int at = Row(table, row) + flags;
                if ((_image[at] & 7) == 3)
                    _image[at] = (byte)((_image[at] & ~7) | 6);
            }
        }

        private int FirstMember(int table, int type)
        {
            int end = Row(TypeDef, type) + _sizes[TypeDef];
            int at = end - Index(MethodDef) - (table == Field ? Index(Field) : 0);
            return (Index(table) == 4 ? Int(at) : Short(at)) - 1;
        }

        private string Name(int at)
        {
            int start = _strings + (_stringIndex == 4 ? Int(at) : Short(at));
            return Encoding.UTF8.GetString(_image, start, Array.IndexOf(_image, (byte)0, start) - start);
        }

        /// <summary>PE header, section that holds the CLI header, CLI header: II.25.</summary>
        private int MetadataRoot()
        {
            int pe = Int(0x3C);
            int optional = pe + 24;
            bool wide = Short(optional) == 0x20B;
            int cli = Offset(pe, Int(optional + (wide ? 112 : 96) + (14 * 8)));
            return Offset(pe, Int(cli + 8));
        }

        private int Offset(int pe, int address)
        {
            int section = pe + 24 + Short(pe + 20);
            while (address < Int(section + 12) || address >= Int(section + 12) + Int(section + 16))
                section += 40;
            return address - Int(section + 12) + Int(section + 20);
        }

        private int Row(int table, int row) => _starts[table] + (row * _sizes[table]);

        private int Index(int table) => _rows[table] > 0xFFFF ? 4 : 2;

        private int Coded(int bits, params int[] tables) => tables.Max(table => _rows[table]) >= 1 << (16 - bits) ? 4 : 2;

        private int Int(int at) => BitConverter.ToInt32(_image, at);

        private int Short(int at) => BitConverter.ToUInt16(_image, at);
    }
}
