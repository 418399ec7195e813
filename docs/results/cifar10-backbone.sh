#!/bin/sh
# Makes the network inside ResNeXt.MLNet and its weights anew, about five hours on two cores:
#   sh docs/results/cifar10-backbone.sh CIFAR10 OUT
# CIFAR10 has the folders train and test, with a folder of images for each class.
set -eu
cifar10=$1
out=$2

# One block a stage, then two, beginning as the first network.
resnext train --data "$cifar10/train" --out "$out/shallow" --arch resnext11_8x8d --image-size 64 --resize 64 --epochs 15 --batch-size 128 --val-split 0.02 \
    --lr 0.15 --lr-scheduler onecycle --warmup-epochs 4 --weight-decay 5e-4 --crop-scale 0.7 --seed 1
resnext train --weights "$out/shallow/best.safetensors" --arch resnext20_8x8d_small --data "$cifar10/train" --out "$out/deep" --image-size 64 --resize 64 --epochs 20 --batch-size 64 --val-split 0.02 \
    --lr 0.05 --backbone-lr-scale 1 --lr-scheduler onecycle --warmup-epochs 1 --weight-decay 5e-4 --crop-scale 0.75 --seed 2 --activation-maps

# The last stage on whole images.
resnext train --weights "$out/deep/best.safetensors" --data "$cifar10/train" --out "$out/whole" --image-size 64 --resize 64 --epochs 1 --batch-size 64 --val-split 0.02 \
    --lr 0.005 --backbone-lr-scale 1 --lr-scheduler onecycle --warmup-epochs 0.2 --weight-decay 5e-4 --crop-scale 1 --trainable last-stage --seed 2 --activation-maps
resnext train --weights "$out/whole/best.safetensors" --data "$cifar10/train" --out "$out/again" --image-size 64 --resize 64 --epochs 1 --batch-size 64 --val-split 0.02 \
    --lr 0.005 --backbone-lr-scale 1 --lr-scheduler onecycle --warmup-epochs 0.2 --weight-decay 5e-4 --crop-scale 1 --trainable last-stage --seed 3 --activation-maps

resnext export --weights "$out/again/best.safetensors" --precision int8 --calibration "$cifar10/train" --activation-maps --output "$out/resnext20_8x8d_small.cifar10.onnx"
resnext evaluate --model "$out/again/model.onnx" --data "$cifar10/test"
resnext evaluate --model "$out/resnext20_8x8d_small.cifar10.onnx" --data "$cifar10/test"
