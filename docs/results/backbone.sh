#!/bin/sh
# Makes the network inside ResNeXt.MLNet and its weights anew, about seven hours on two cores:
#   sh docs/results/backbone.sh CIFAR10 TINY_IMAGENET RESNET18.onnx OUT
# CIFAR10 has the folders train and test, with a folder of images for each class; TINY_IMAGENET a folder for each of 199 classes (its
# training photos without n02206856, bees); RESNET18.onnx is in the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1.
# A run that was stopped goes on where it was with the same line once more.
set -eu
cifar10=$1
photos=$2
teacher=$3
out=$4
here=$(dirname "$0")

# A run in the folder $1, unless it is done; the other arguments are those of train.
run() {
    folder=$out/$1
    shift
    if [ ! -e "$folder/model.onnx" ]; then
        if [ -e "$folder/last.safetensors" ]; then set -- "$@" --resume; fi
        resnext train --out "$folder" "$@"
    fi
}

# A start from labels: CIFAR-10, one block a stage, then two, beginning as the first network, then the last stage on whole images.
labelled() {
    folder=$1
    shift
    run "$folder" --data "$cifar10/train" --image-size 64 --resize 64 --val-split 0.02 --opt sgd --lr-scheduler onecycle --weight-decay 5e-4 "$@"
}
labelled labels1 --arch resnext11_8x8d --epochs 15 --batch-size 128 --lr 0.15 --warmup-epochs 4 --crop-scale 0.7 --seed 1
labelled labels2 --weights "$out/labels1/best.safetensors" --arch resnext20_8x8d_small --epochs 20 --batch-size 64 --lr 0.05 --backbone-lr-scale 1 \
    --warmup-epochs 1 --crop-scale 0.75 --seed 2
for seed in 2 3; do
    labelled labels$((seed + 1)) --weights "$out/labels$seed/best.safetensors" --epochs 1 --batch-size 64 --lr 0.005 --backbone-lr-scale 1 --warmup-epochs 0.2 \
        --crop-scale 1 --trainable last-stage --seed $seed
done

# What the ResNet-18 sees at each place of 99,500 photos, first alone, then beside their labels, from smaller to larger inputs.
taught() {
    folder=$1
    size=$2
    shift 2
    run "$folder" --data "$photos" --image-size "$size" --resize "$size" --val-split 0.01 --batch-size 128 --lr-scheduler onecycle --crop-scale 0.5 --seed 1 \
        --teacher "$teacher" --teacher-output ReLU393_Output_0 --teacher-image-size 224 --teacher-channel-order bgr \
        --teacher-mean 0.48295,0.45452,0.40416 --teacher-std 0.00392156863,0.00392156863,0.00392156863 --teacher-cache "$out/teacher" \
        --distill-features 5 --distill-maps 5 "$@"
}
taught taught1 48 --weights "$out/labels4/best.safetensors" --arch resnext29_8x8d_small --epochs 6 --lr 0.1 --warmup-epochs 1 --label-weight 0
taught taught2 64 --weights "$out/taught1/best.safetensors" --epochs 4 --lr 0.1 --warmup-epochs 0.5 --label-smoothing 0.1
taught taught3 96 --weights "$out/taught2/best.safetensors" --epochs 1 --lr 0.03 --warmup-epochs 0.1 --label-smoothing 0.1

name=resnext29_8x8d_small.distilled
resnext export --weights "$out/taught3/best.safetensors" --labels "$here/backbone-labels.txt" --output "$out/$name.safetensors"
resnext export --weights "$out/$name.safetensors" --precision int8 --calibration "$photos" --activation-maps --output "$out/$name.onnx"
