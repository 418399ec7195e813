using System.Runtime.InteropServices;

namespace ResNeXt.Training;

/// <summary>
/// Reads a pickle of protocol 2 to 5, as far as PyTorch writes them, and executes nothing: a name that <see cref="PickleGlobal"/> does
/// not list is refused when it is met, before anything could be done with it.
/// </summary>
/// <remarks>
/// The values are null, bool, long, Int128, double, string, <c>object?[]</c> (tuple), <c>List&lt;object?&gt;</c>,
/// <c>Dictionary&lt;object, object?&gt;</c>, <see cref="PickleGlobal"/>, <see cref="InertValue"/>, <see cref="TorchStorage"/> and <see cref="TorchTensor"/>. They
/// may share and contain each other, so nobody may walk them to the end; the machine itself has a stack and no recursion.
/// </remarks>
internal sealed class PickleMachine
{
    public const int MaxSteps = 1_000_000; // 60 times what a ResNeXt-152 with momentum needs; bounds stack, memo and values
    private readonly PickleInput _input;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private readonly Dictionary<string, TorchStorage> _storages;

    private PickleMachine(Stream stream, Dictionary<string, TorchStorage> storages) => (_input, _storages) = (new PickleInput(stream), storages);

    /// <param name="stream">Seekable, at the start of a pickle; left behind its end.</param>
    /// <param name="storages">Receives the storages that are named, by their keys.</param>
    /// <exception cref="InvalidDataException">With the offence as its message, to follow a colon.</exception>
    public static object? Read(Stream stream, Dictionary<string, TorchStorage> storages)
    {
        var machine = new PickleMachine(stream, storages);
        for (int step = 0; step < MaxSteps; step++)
        {
            var opcode = (PickleOpcode)machine._input.Byte();
            if (opcode == PickleOpcode.Stop)
            {
                return machine.Pop();
            }

            machine.Execute(opcode);
        }

        throw new InvalidDataException($"its pickle has more than {MaxSteps:N0} steps");
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                byte protocol = _input.Byte();
                if (protocol is < 2 or > 5)
                {
                    throw new InvalidDataException($"its pickle is of protocol {protocol}, expected 2 to 5");
                }

                break;
            case PickleOpcode.Frame: _input.UInt64(); break; // a hint for readers with buffers
            case PickleOpcode.Mark: _marks.Push(_stack.Count); break;
            case PickleOpcode.Pop: Pop(); break;
            case PickleOpcode.PopMark: PopToMark(); break;

            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(true); break;
            case PickleOpcode.NewFalse: Push(false); break;
            case PickleOpcode.BinInt: Push((long)_input.Int32()); break;
            case PickleOpcode.BinInt1: Push((long)_input.Byte()); break;
            case PickleOpcode.BinInt2: Push((long)_input.UInt16()); break;
            case PickleOpcode.Long1: PushInteger(_input.Bytes(_input.Byte())); break;
            case PickleOpcode.Long4: PushInteger(_input.Bytes(_input.UInt32())); break;
            case PickleOpcode.BinFloat: Push(_input.Double()); break;
            case PickleOpcode.BinUnicode: Push(_input.Utf8(_input.UInt32())); break;
            case PickleOpcode.ShortBinUnicode: Push(_input.Utf8(_input.Byte())); break;
            case PickleOpcode.BinUnicode8: Push(_input.Utf8(_input.UInt64())); break;
            case PickleOpcode.BinString or PickleOpcode.BinBytes: Push(_input.Latin1(_input.UInt32())); break;
            case PickleOpcode.ShortBinString or PickleOpcode.ShortBinBytes: Push(_input.Latin1(_input.Byte())); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: Push(_input.Latin1(_input.UInt64())); break;

            case PickleOpcode.EmptyTuple: Push(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple: Push(PopToMark()); break;
            case PickleOpcode.Tuple1: Push(PopMany(1)); break;
            case PickleOpcode.Tuple2: Push(PopMany(2)); break;
            case PickleOpcode.Tuple3: Push(PopMany(3)); break;
            case PickleOpcode.EmptyList: Push(new List<object?>()); break;
            case PickleOpcode.Append: Append(PopMany(1)); break;
            case PickleOpcode.Appends: Append(PopToMark()); break;
            case PickleOpcode.EmptyDict: Push(new Dictionary<object, object?>()); break;
            case PickleOpcode.SetItem: SetItems(PopMany(2)); break;
            case PickleOpcode.SetItems: SetItems(PopToMark()); break;

            case PickleOpcode.EmptySet: Push(InertValue.Set); break;
            case PickleOpcode.AddItems: Append(PopToMark()); break;
            case PickleOpcode.FrozenSet:
                PopToMark();
                Push(InertValue.Set);
                break;

            case PickleOpcode.BinPut: _memo[_input.Byte()] = Top(); break;
            case PickleOpcode.LongBinPut: _memo[_input.UInt32()] = Top(); break;
            case PickleOpcode.Memoize: _memo[_memo.Count] = Top(); break;
            case PickleOpcode.BinGet: Push(Recall(_input.Byte())); break;
            case PickleOpcode.LongBinGet: Push(Recall(_input.UInt32())); break;

            case PickleOpcode.Global: Push(PickleGlobal.Find(_input.Line(), _input.Line())); break;
            case PickleOpcode.StackGlobal:
                object?[] names = PopMany(2);
                Push(PickleGlobal.Find(names[0] as string ?? "?", names[1] as string ?? "?"));
                break;
            case PickleOpcode.Inst: // as Global and Reduce in one, by the pickles of Python 1: none of ours
                throw PickleGlobal.Refused(_input.Line(), _input.Line());
            case PickleOpcode.Reduce: Reduce(PopMany(2)); break;
            case PickleOpcode.NewObj: NewObject(PopMany(2)); break;
            case PickleOpcode.Build: Build(PopMany(1)[0]); break;
            case PickleOpcode.BinPersId: Push(Storage(Pop())); break;
            default:
                throw new InvalidDataException($"its pickle asks for {opcode} (0x{(byte)opcode:X2}), which no file of weights needs");
        }
    }

    private void PushInteger(byte[] bytes)
    {
        if (bytes.Length > 16)
        {
            throw new InvalidDataException($"its pickle has a number of {bytes.Length} bytes, expected at most 16");
        }

        Int128 value = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            value = i == bytes.Length - 1 ? (sbyte)bytes[i] : (value << 8) | bytes[i];
        }

        Push(value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value);
    }

    private void Append(object?[] items)
    {
        if (Top() is InertValue)
        {
            return; // a set or a queue
        }

        var list = Top() as List<object?> ?? throw new InvalidDataException("its pickle appends to something that is no list");
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (Top() is InertValue)
        {
            return; // a counter
        }

        var dictionary = Top() as Dictionary<object, object?> ?? throw new InvalidDataException("its pickle sets items of something that is no dictionary");
        PickleGlobal.Fill(dictionary, items);
    }

    private void Reduce(object?[] pair)
    {
        if (pair is not [PickleGlobal { Call: { } call }, object?[] arguments])
        {
            throw new InvalidDataException("its pickle calls something that is no function of PyTorch's state dicts");
        }

        Push(call(arguments));
    }

    /// <summary>An object of a class that has no part in weights.</summary>
    private void NewObject(object?[] pair)
    {
        if (pair is not [PickleGlobal { Call: { } call, IsInert: true }, object?[]])
        {
            throw new InvalidDataException("its pickle makes an object of something that is no plain class");
        }

        Push(call([]));
    }

    /// <summary>A state dict carries the versions of its modules as an attribute, which nothing here needs; what is in an inert value is dropped.</summary>
    private void Build(object? state)
    {
        if (Top() is InertValue)
        {
            return;
        }

        if (Top() is not Dictionary<object, object?> || state is not Dictionary<object, object?>)
        {
            throw new InvalidDataException("its pickle sets the state of something that is no dictionary");
        }
    }

    private TorchStorage Storage(object? id)
    {
        var storage = TorchStorage.FromId(id);
        return !_storages.TryGetValue(storage.Key, out TorchStorage? known) ? _storages[storage.Key] = storage
            : known.Type == storage.Type && known.RootCount == storage.RootCount ? storage
            : throw new InvalidDataException($"its storage '{storage.Key}' is described in two ways");
    }

    private object? Recall(long index) =>
        _memo.TryGetValue(index, out object? value) ? value : throw new InvalidDataException($"its pickle recalls value {index}, which it never kept");

    private void Push(object? value) => _stack.Add(value);

    private object? Pop() => PopMany(1)[0];

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw Underflow();

    private object?[] PopToMark() => _marks.Count > 0 ? PopMany(_stack.Count - Floor, _marks.Pop()) : throw Underflow();

    private object?[] PopMany(int count) => _stack.Count - count >= Floor ? PopMany(count, _stack.Count - count) : throw Underflow();

    private object?[] PopMany(int count, int start)
    {
        object?[] items = [.. CollectionsMarshal.AsSpan(_stack)[start..]];
        _stack.RemoveRange(start, count);
        return items;
    }

    private int Floor => _marks.TryPeek(out int mark) ? mark : 0;

    private static InvalidDataException Underflow() => new("its pickle takes more values from its stack than are there");
}
