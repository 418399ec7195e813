#!/bin/sh
# A large network of ours teaches a small one on CIFAR-10, and the small one alone, the same budget, three seeds each:
#   sh docs/results/cifar10-distillation.sh CIFAR10 OUT
# CIFAR10 has the folders train and test, with a folder of images for each class.
set -eu
cifar10=$1
out=$2

resnext train --data "$cifar10/train" --out "$out/large" --arch resnext20_8x8d_small --image-size 64 --val-split 0.04 --epochs 8 --batch-size 128 \
    --lr 0.1 --lr-scheduler onecycle --weight-decay 5e-4 --crop-scale 0.5 --seed 1
resnext evaluate --model "$out/large/model.onnx" --data "$cifar10/test"

for seed in 1 2 3; do
    small="--data $cifar10/train --arch resnext11_2x4d --image-size 32 --val-split 0.04 --epochs 8 --batch-size 128 --lr 0.1 --lr-scheduler onecycle --weight-decay 5e-4 --crop-scale 0.5 --seed $seed"
    resnext train $small --out "$out/alone-$seed"
    resnext evaluate --model "$out/alone-$seed/model.onnx" --data "$cifar10/test"
    resnext train $small --out "$out/taught-$seed" --teacher "$out/large/model.onnx" --teacher-cache "$out/teacher"
    resnext evaluate --model "$out/taught-$seed/model.onnx" --data "$cifar10/test"
done
