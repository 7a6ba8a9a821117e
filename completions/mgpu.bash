# Completion of the options of mgpu's commands, for bash. Generated from the option tables.

# Fills COMPREPLY with those of the given words that begin with what is written.
_mgpu_offer() {
  local IFS=$' \t\n'
  COMPREPLY=($(compgen -W "$1" -- "$_mgpu_word"))
}

# Fills COMPREPLY with files (-f), folders (-d) or commands (-c).
_mgpu_paths() {
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$_mgpu_word"))
}

_mgpu_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    --spool) _mgpu_paths -d; return ;;
    --ended|--name) return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '--help --spool -v --verbose -V --version' ;;
    *) _mgpu_offer 'backup doctor fsck init restore stop upgrade' ;;
  esac
  if [[ $_mgpu_word == -* ]]; then
    case " ${COMP_WORDS[*]} " in
      *' doctor '*) COMPREPLY+=($(compgen -W '--pair' -- "$_mgpu_word")) ;;
      *' fsck '*) COMPREPLY+=($(compgen -W '--ended --force --repair' -- "$_mgpu_word")) ;;
      *' init '*) COMPREPLY+=($(compgen -W '--name --no-fsync' -- "$_mgpu_word")) ;;
    esac
    return
  fi
  case $before in
    backup|init|restore) _mgpu_paths -d ;;
    doctor|fsck|stop|upgrade) COMPREPLY=() ;;
  esac
}
complete -F _mgpu_complete mgpu

_mgpu_sacct_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -A|--accounts|--delimiter|-E|--endtime|-o|--format|-g|--group|-j|--jobs|--name|-N|--nodelist|-r|--partition|-q|--qos|-S|--starttime|-s|--state|--units|-u|--user) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --accounts -X --allocations -a --allusers -b --brief --delimiter -D --duplicates -E --endtime -o --format -g --group -h --help -e --helpformat -j --jobs -L --local -l --long --name --noconvert -N --nodelist -n --noheader -p --parsable -P --parsable2 -r --partition -q --qos --spool -S --starttime -s --state --units --usage -u --user -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sacct_complete mgpu_sacct

_mgpu_sacctmgr_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-s --associations -h --help -i --immediate -n --noheader -o --oneliner -p --parsable -P --parsable2 -Q --quiet -r --readonly --spool --usage -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sacctmgr_complete mgpu_sacctmgr

_mgpu_sdiag_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -M|--clusters) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-a --all -M --clusters -h --help -i --sort-by-id -t --sort-by-time -T --sort-by-time2 --spool --usage -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sdiag_complete mgpu_sdiag

_mgpu_sattach_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    --error-filter|--output-filter) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '--error-filter -h --help -l --label --layout --output-filter -Q --quiet --spool --usage -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sattach_complete mgpu_sattach

_mgpu_sbcast_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  local at=1 word
  while ((at < COMP_CWORD)); do
    word=${COMP_WORDS[at]}
    case $word in
      --) at=$((at + 1)) && break ;;
      -j|--jobid|--spool) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -j|--jobid) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-f --force --help -j --jobid -p --preserve --spool --usage -v --verbose -V --version' ;;
    *) _mgpu_paths -f ;;
  esac
}
complete -F _mgpu_sbcast_complete mgpu_sbcast

_mgpu_sstat_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -o|--format|-j|--jobs) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-a --allsteps -o --format -h --help -e --helpformat -j --jobs --noconvert -n --noheader -p --parsable -P --parsable2 -i --pidformat --spool --usage -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sstat_complete mgpu_sstat

_mgpu_sprio_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -M|--clusters|-o|--format|-j|--jobs|-p|--partition|-u|--user) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-M --clusters -o --format --help -j --jobs --local -l --long -h --noheader -n --norm -p --partition --spool --usage -u --user -v --verbose -V --version -w --weights' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sprio_complete mgpu_sprio

_mgpu_sshare_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -A|--accounts|-M|--clusters|-o|--format|-u|--users) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-U --Users -A --accounts -a --all -M --clusters -o --format --help -e --helpformat -l --long -n --noheader -p --parsable -P --parsable2 -m --partition --spool --usage -u --users -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sshare_complete mgpu_sshare

_mgpu_sbatch_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  local at=1 word
  while ((at < COMP_CWORD)); do
    word=${COMP_WORDS[at]}
    case $word in
      --) at=$((at + 1)) && break ;;
      -A|--account|-a|--array|-D|--chdir|--comment|-c|--cpus-per-task|-e|--error|-x|--exclude|--export|--gpu-ids|-G|--gpus|--gpus-per-node|--gres|-i|--input|-J|--job-name|--mem|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-node|--open-mode|-o|--output|-p|--partition|--spool|-t|--time|--wrap) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -A|--account|-a|--array|--comment|-c|--cpus-per-task|-x|--exclude|--export|--gpu-ids|-G|--gpus|--gpus-per-node|--gres|-J|--job-name|--mem|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-node|-p|--partition|-t|--time|--wrap) return ;;
    -D|--chdir|--spool) _mgpu_paths -d; return ;;
    -e|--error|-i|--input|-o|--output) _mgpu_paths -f; return ;;
    --open-mode) _mgpu_offer 'append truncate'; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account -a --array -D --chdir --comment -c --cpus-per-task -e --error -x --exclude --export --gpu-ids -G --gpus --gpus-per-node --gres -h --help -H --hold --ignore-pbs -i --input -J --job-name --mem --no-requeue -w --nodelist -N --nodes -n --ntasks --ntasks-per-node --open-mode -o --output --parsable -p --partition -Q --quiet --requeue --spool -t --time --usage -v --verbose -V --version -W --wait --wrap' ;;
    *) _mgpu_paths -f ;;
  esac
}
complete -F _mgpu_sbatch_complete mgpu_sbatch

_mgpu_scancel_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -A|--account|-n|--name|-w|--nodelist|-p|--partition|-s|--signal|-t|--state|-u|--user) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account -b --batch -f --full --help --me -n --name -w --nodelist -p --partition -Q --quiet -s --signal --spool -t --state --usage -u --user -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_scancel_complete mgpu_scancel

_mgpu_scontrol_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-a --all -d --details -h --help --local -o --oneliner -Q --quiet --spool --usage -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_scontrol_complete mgpu_scontrol

_mgpu_sinfo_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -O|--Format|-o|--format|-n|--nodes|-p|--partition) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-O --Format -N --Node -a --all -o --format --gpus --help --local -l --long -n --nodes -h --noheader -p --partition --spool -s --summarize --usage -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sinfo_complete mgpu_sinfo

_mgpu_squeue_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -O|--Format|-A|--accounts|-M|--clusters|-o|--format|-i|--iterate|-L|--licenses|-n|--name|-w|--nodelist|-p|--partitions|-q|--qos|-R|--reservation|-S|--sort|-t|--states|-u|--users) return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-O --Format -A --accounts -a --all -r --array --array-unique -M --clusters -o --format --help --hide -i --iterate -j --jobs --json -L --licenses --local -l --long --me -n --name --noconvert -w --nodelist -h --noheader -p --partitions -P --priority -q --qos -R --reservation -S --sort --spool --start -t --states -s --steps --usage -u --users -v --verbose -V --version --yaml' ;;
    *) : ;;
  esac
}
complete -F _mgpu_squeue_complete mgpu_squeue

_mgpu_srun_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  local at=1 word
  while ((at < COMP_CWORD)); do
    word=${COMP_WORDS[at]}
    case $word in
      --) at=$((at + 1)) && break ;;
      -A|--account|-D|--chdir|--comment|--cpu-bind|-c|--cpus-per-task|--epilog|-e|--error|-x|--exclude|--export|--gpu-ids|-G|--gpus|--gpus-per-node|--gres|-i|--input|-J|--job-name|--jobid|--mem|--mpi|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-node|--open-mode|-o|--output|-p|--partition|--prolog|-r|--relative|--spool|--task-epilog|--task-prolog|-t|--time|-W|--wait) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -A|--account|--comment|--cpu-bind|-c|--cpus-per-task|--epilog|-x|--exclude|--export|--gpu-ids|-G|--gpus|--gpus-per-node|--gres|-J|--job-name|--jobid|--mem|--mpi|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-node|-p|--partition|--prolog|-r|--relative|--task-epilog|--task-prolog|-t|--time|-W|--wait) return ;;
    -D|--chdir|--spool) _mgpu_paths -d; return ;;
    -e|--error|-i|--input|-o|--output) _mgpu_paths -f; return ;;
    --open-mode) _mgpu_offer 'append truncate'; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account -D --chdir --comment --cpu-bind -c --cpus-per-task -X --disable-status --epilog -e --error --exact -x --exclude --export --gpu-ids -G --gpus --gpus-per-node --gres -h --help -H --hold -I --immediate -i --input -J --job-name --jobid -K --kill-on-bad-exit -l --label --mem --mpi --multi-prog -w --nodelist -N --nodes -n --ntasks --ntasks-per-node --open-mode -o --output --overlap -p --partition --prolog -Q --quiet --quit-on-interrupt -r --relative --spool --task-epilog --task-prolog -t --time -u --unbuffered --usage -v --verbose -V --version -W --wait --whole' ;;
    *) _mgpu_paths -c ;;
  esac
}
complete -F _mgpu_srun_complete mgpu_srun

_mgpud_complete() {
  local _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    --cpus|--gpus|--memory|--node-name|--poll) return ;;
    --local-dir|--spool) _mgpu_paths -d; return ;;
    --log-file) _mgpu_paths -f; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '--cpus --embedded --gpus --help --local-dir --log-file --memory --node-name --poll --spool -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpud_complete mgpud
