#!/bin/sh
#SBATCH --job-name=sweep
#SBATCH --array=1-4%2
#SBATCH --gres=gpu:1
#SBATCH --time=10
#SBATCH --output=sweep-%A_%a.out

# Each task trains with a seed of its own; two of them run at a time.
exec python3 "${SLURM_SUBMIT_DIR:-.}/examples/train.py" --epochs 20 --seed "$SLURM_ARRAY_TASK_ID" "$@"
