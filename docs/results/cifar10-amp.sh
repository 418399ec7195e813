#!/bin/sh
# CIFAR-10 in float32 and in bfloat16, the same recipe, three seeds each, two hours on two cores:
#   sh docs/results/cifar10-amp.sh CIFAR10 OUT
# CIFAR10 has the folders train and test, with a folder of images for each class.
set -eu
cifar10=$1
out=$2

for seed in 1 2 3; do
    for precision in no-amp amp; do
        resnext train --data "$cifar10/train" --out "$out/$precision-$seed" --arch resnext14_8x4d --image-size 32 --val-split 0.04 --epochs 12 --batch-size 128 \
            --lr 0.1 --warmup-epochs 1 --weight-decay 5e-4 --crop-scale 0.5 --seed $seed --$precision
        resnext evaluate --model "$out/$precision-$seed/model.onnx" --data "$cifar10/test"
    done
done
