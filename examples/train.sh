#!/bin/sh
#SBATCH --job-name=train
#SBATCH --gres=gpu:1
#SBATCH --time=10
#SBATCH --output=train-%j.out

# A batch script runs from a copy, so the way to what lies beside it starts where it was submitted.
exec python3 "${SLURM_SUBMIT_DIR:-.}/examples/train.py" "$@"
