#!/bin/sh
# Trains every network in order, on one thread: `setsid nohup ./queue.sh >../../.training/queue.log 2>&1 &`.
# What is finished is skipped and what was interrupted goes on from its last saved state.
set -eu
cd "$(dirname "$0")"
export OMP_NUM_THREADS=1 ORT_DISABLE_TELEMETRY=1
python=${PYTHON:-python3}
training=../../.training

train() {
    name=$1
    shift
    if [ -e "$training/$name/finished" ]; then
        echo "$name: finished before"
        return
    fi
    echo "$(date +%H:%M:%S) $name: training"
    nice -n 15 "$python" "$@"
    "$python" hash_files.py "../models/$name"
    echo "$(date +%H:%M:%S) $name: finished"
}

train digits-classifier train_digits_classifier.py --hours 0.06
train digits-ddpm train_digits_ddpm.py --hours 0.58
train digits-edm train_digits_edm.py --hours 0.35
train digits-flow train_digits_flow.py --hours 0.4
train emoji-ddpm train_emoji_ddpm.py --hours 1.4
[ -e "$training/pairs/data.npy" ] || nice -n 15 ../../sampler4j pairs --model digits-flow --class 0..9 --count 12000 \
    --seed 100000 --set sampler.method=midpoint --steps 8 --cfg-scale 1.5 --threads 1 -o "$training/pairs"
train digits-flow-2 train_digits_flow.py --pairs "$training/pairs" --hours 0.55
train kjv-llada train_kjv_llada.py --hours 1.7
train digits-nice train_digits_nice.py --hours 0.33
train emoji-vqgan train_emoji_vqgan.py --hours 1.4
train emoji-prior-ar train_emoji_prior.py ar --hours 0.65
train emoji-prior-maskgit train_emoji_prior.py maskgit --hours 0.65
