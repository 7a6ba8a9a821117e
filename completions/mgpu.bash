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
    --name) return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '--help --spool -v --verbose -V --version' ;;
    *) _mgpu_offer 'backup doctor fsck init restore stop upgrade' ;;
  esac
  if [[ $_mgpu_word == -* ]]; then
    case " ${COMP_WORDS[*]} " in
      *' doctor '*) COMPREPLY+=($(compgen -W '--pair' -- "$_mgpu_word")) ;;
      *' fsck '*) COMPREPLY+=($(compgen -W '--force --repair' -- "$_mgpu_word")) ;;
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

_mgpu_salloc_complete() {
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
      -A|--account|-b|--begin|-D|--chdir|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|--delay-boot|-d|--dependency|-m|--distribution|-x|--exclude|-B|--extra-node-info|--gid|--gpu-bind|--gpu-ids|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-J|--job-name|-L|--licenses|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--network|-F|--nodefile|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|-p|--partition|--priority|-q|--qos|--reservation|--signal|--sockets-per-node|--spool|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wait-all-nodes|--wckey) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -A|--account|-b|--begin|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|--delay-boot|-d|--dependency|-m|--distribution|-x|--exclude|-B|--extra-node-info|--gid|--gpu-bind|--gpu-ids|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-J|--job-name|-L|--licenses|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--network|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|-p|--partition|--priority|-q|--qos|--reservation|--signal|--sockets-per-node|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wait-all-nodes|--wckey) return ;;
    -D|--chdir|--spool) _mgpu_paths -d; return ;;
    -F|--nodefile) _mgpu_paths -f; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account -b --begin --bell -D --chdir -M --clusters --comment -C --constraint --contiguous -S --core-spec --cores-per-socket --cpus-per-gpu -c --cpus-per-task --deadline --delay-boot -d --dependency -m --distribution -x --exclude --exclusive -B --extra-node-info --gid --gpu-bind --gpu-ids -G --gpus --gpus-per-node --gpus-per-socket --gpus-per-task --gres --gres-flags -h --help --hint -H --hold -I --immediate -J --job-name -K --kill-command -L --licenses --mail-type --mail-user --mem --mem-per-cpu --mem-per-gpu --mincpus --network --nice --no-bell -k --no-kill --no-shell -F --nodefile -w --nodelist -N --nodes -n --ntasks --ntasks-per-core --ntasks-per-gpu --ntasks-per-node --ntasks-per-socket -O --overcommit -s --oversubscribe -p --partition --priority -q --qos -Q --quiet --reservation --signal --sockets-per-node --spool --spread-job --switches --thread-spec --threads-per-core -t --time --time-min --tmp --uid --usage --use-min-nodes -v --verbose -V --version --wait-all-nodes --wckey' ;;
    *) _mgpu_paths -c ;;
  esac
}
complete -F _mgpu_salloc_complete mgpu_salloc

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
      -A|--account|-a|--array|-b|--begin|-D|--chdir|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|--delay-boot|-d|--dependency|-m|--distribution|-e|--error|-x|--exclude|--export|--export-file|-B|--extra-node-info|--gid|--gpu-bind|--gpu-ids|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-i|--input|-J|--job-name|--kill-on-invalid-dep|-L|--licenses|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--network|-F|--nodefile|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|--open-mode|-o|--output|-p|--partition|--priority|-q|--qos|--reservation|--signal|--sockets-per-node|--spool|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wait-all-nodes|--wckey|--wrap) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -A|--account|-a|--array|-b|--begin|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|--delay-boot|-d|--dependency|-m|--distribution|-x|--exclude|--export|-B|--extra-node-info|--gid|--gpu-bind|--gpu-ids|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-J|--job-name|-L|--licenses|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--network|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|-p|--partition|--priority|-q|--qos|--reservation|--signal|--sockets-per-node|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wait-all-nodes|--wckey|--wrap) return ;;
    -D|--chdir|--spool) _mgpu_paths -d; return ;;
    -e|--error|--export-file|-i|--input|-F|--nodefile|-o|--output) _mgpu_paths -f; return ;;
    --kill-on-invalid-dep) _mgpu_offer 'yes no'; return ;;
    --open-mode) _mgpu_offer 'append truncate'; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account -a --array -b --begin -D --chdir -M --clusters --comment -C --constraint --contiguous -S --core-spec --cores-per-socket --cpus-per-gpu -c --cpus-per-task --deadline --delay-boot -d --dependency -m --distribution -e --error -x --exclude --exclusive --export --export-file -B --extra-node-info --get-user-env --gid --gpu-bind --gpu-ids -G --gpus --gpus-per-node --gpus-per-socket --gpus-per-task --gres --gres-flags -h --help --hint -H --hold --ignore-pbs -i --input -J --job-name --kill-on-invalid-dep -L --licenses --mail-type --mail-user --mem --mem-per-cpu --mem-per-gpu --mincpus --network --nice -k --no-kill --no-requeue -F --nodefile -w --nodelist -N --nodes -n --ntasks --ntasks-per-core --ntasks-per-gpu --ntasks-per-node --ntasks-per-socket --open-mode -o --output -O --overcommit -s --oversubscribe --parsable -p --partition --priority --propagate -q --qos -Q --quiet --requeue --reservation --signal --sockets-per-node --spool --spread-job --switches --test-only --thread-spec --threads-per-core -t --time --time-min --tmp --uid --usage --use-min-nodes -v --verbose -V --version -W --wait --wait-all-nodes --wckey --wrap' ;;
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
    -*) _mgpu_offer '-O --Format -A --accounts -a --all -r --array --array-unique -M --clusters -o --format --help --hide -i --iterate -j --jobs --json -L --licenses --local -l --long --me -n --name --noconvert -w --nodelist -h --noheader -p --partitions -P --priority -q --qos -R --reservation -S --sort --spool --start -t --states --usage -u --users -v --verbose -V --version --yaml' ;;
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
      -A|--account|-b|--begin|-D|--chdir|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|--delay-boot|-d|--dependency|-m|--distribution|-e|--error|-x|--exclude|--export|-B|--extra-node-info|--gid|--gpu-bind|--gpu-ids|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-i|--input|-J|--job-name|-L|--licenses|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--network|-F|--nodefile|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|--open-mode|-o|--output|-p|--partition|--priority|-q|--qos|--reservation|--signal|--sockets-per-node|--spool|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wckey) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -A|--account|-b|--begin|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|--delay-boot|-d|--dependency|-m|--distribution|-x|--exclude|--export|-B|--extra-node-info|--gid|--gpu-bind|--gpu-ids|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-J|--job-name|-L|--licenses|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--network|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|-p|--partition|--priority|-q|--qos|--reservation|--signal|--sockets-per-node|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wckey) return ;;
    -D|--chdir|--spool) _mgpu_paths -d; return ;;
    -e|--error|-i|--input|-F|--nodefile|-o|--output) _mgpu_paths -f; return ;;
    --open-mode) _mgpu_offer 'append truncate'; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account -b --begin -D --chdir -M --clusters --comment -C --constraint --contiguous -S --core-spec --cores-per-socket --cpus-per-gpu -c --cpus-per-task --deadline --delay-boot -d --dependency -m --distribution -e --error -x --exclude --exclusive --export -B --extra-node-info --gid --gpu-bind --gpu-ids -G --gpus --gpus-per-node --gpus-per-socket --gpus-per-task --gres --gres-flags -h --help --hint -H --hold -i --input -J --job-name -l --label -L --licenses --mail-type --mail-user --mem --mem-per-cpu --mem-per-gpu --mincpus --network --nice -k --no-kill -F --nodefile -w --nodelist -N --nodes -n --ntasks --ntasks-per-core --ntasks-per-gpu --ntasks-per-node --ntasks-per-socket --open-mode -o --output -O --overcommit -s --oversubscribe -p --partition --priority --propagate -q --qos -Q --quiet --reservation --signal --sockets-per-node --spool --spread-job --switches --test-only --thread-spec --threads-per-core -t --time --time-min --tmp --uid -u --unbuffered --usage --use-min-nodes -v --verbose -V --version --wckey' ;;
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
