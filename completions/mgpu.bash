# Completion of the options of mgpu's commands, for bash. Generated from the option tables.

# Fills COMPREPLY with those of the given words that begin with what is written.
_mgpu_offer() {
  local IFS=$' \t\n'
  COMPREPLY=($(compgen -W "$1" -- "$_mgpu_word"))
}

# Fills COMPREPLY with those of the given words that begin with the last part of what is written, behind the
# parts before it: a,b,c.
_mgpu_list() {
  local IFS=$' \t\n' head=
  [[ $_mgpu_word == *,* ]] && head=${_mgpu_word%,*},
  COMPREPLY=($(compgen -P "$head" -W "$1" -- "${_mgpu_word##*,}"))
}

# The same of what the cluster has of a kind; where bash lists them, with what they are.
_mgpu_live() {
  local value text words= texts=()
  while IFS=$'\t' read -r value text; do
    words+=" $value"
    [[ $value == "${_mgpu_word##*,}"* ]] && texts+=("$value  ($text)")
  done < <("${_mgpu_complete:-mgpu_complete}" "$1" 2>/dev/null)
  _mgpu_list "$words"
  ((${COMP_TYPE:-9} == 63 && ${#texts[@]} > 1)) && COMPREPLY=("${texts[@]}")
  return 0
}

# Fills COMPREPLY with files (-f), folders (-d) or commands (-c).
_mgpu_paths() {
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$_mgpu_word"))
}

_mgpu_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    --spool) _mgpu_paths -d; return ;;
    --ended|--name|-n|--lines) return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '--help --spool -v --verbose -V --version' ;;
    *) _mgpu_offer 'backup completion doctor fsck init logs restore stop upgrade why' ;;
  esac
  if [[ $_mgpu_word == -* ]]; then
    case " ${COMP_WORDS[*]} " in
      *' completion '*) COMPREPLY+=($(compgen -W '--slurm-names' -- "$_mgpu_word")) ;;
      *' doctor '*) COMPREPLY+=($(compgen -W '--pair' -- "$_mgpu_word")) ;;
      *' fsck '*) COMPREPLY+=($(compgen -W '--ended --force --repair' -- "$_mgpu_word")) ;;
      *' init '*) COMPREPLY+=($(compgen -W '--name --no-fsync' -- "$_mgpu_word")) ;;
      *' logs '*) COMPREPLY+=($(compgen -W '-e --error -f --follow -n --lines' -- "$_mgpu_word")) ;;
    esac
    return
  fi
  case $before in
    completion) _mgpu_offer 'bash zsh fish' ;;
    backup|init|restore) _mgpu_paths -d ;;
    doctor|fsck|logs|stop|upgrade|why) COMPREPLY=() ;;
  esac
}
complete -F _mgpu_complete mgpu

_mgpu_salloc_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  local at=1
  while ((at < COMP_CWORD)); do
    word=${COMP_WORDS[at]}
    case $word in
      --) at=$((at + 1)) && break ;;
      -A|--account|-b|--begin|-D|--chdir|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|-d|--dependency|-m|--distribution|-x|--exclude|-B|--extra-node-info|--gid|--gpu-bind|--gpu-ids|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-J|--job-name|-L|--licenses|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--node-gpu-ids|-F|--nodefile|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|-p|--partition|--priority|-q|--qos|--reservation|--signal|--sockets-per-node|--spool|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wait-all-nodes|--wckey) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -A|--account) _mgpu_live accounts; return ;;
    -b|--begin|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|-m|--distribution|-B|--extra-node-info|--gid|--gpu-bind|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-J|--job-name|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|--priority|-q|--qos|--signal|--sockets-per-node|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wait-all-nodes|--wckey) return ;;
    -D|--chdir|--spool) _mgpu_paths -d; return ;;
    -d|--dependency) _mgpu_live jobs; return ;;
    -x|--exclude|--node-gpu-ids|-w|--nodelist) _mgpu_live nodes; return ;;
    --gpu-ids) _mgpu_live gpus; return ;;
    -L|--licenses) _mgpu_live licenses; return ;;
    -F|--nodefile) _mgpu_paths -f; return ;;
    -p|--partition) _mgpu_live partitions; return ;;
    --reservation) _mgpu_live reservations; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account -b --begin --bell -D --chdir -M --clusters --comment -C --constraint --contiguous -S --core-spec --cores-per-socket --cpus-per-gpu -c --cpus-per-task --deadline -d --dependency --distributed -m --distribution -x --exclude --exclusive -B --extra-node-info --gid --gpu-bind --gpu-ids -G --gpus --gpus-per-node --gpus-per-socket --gpus-per-task --gres --gres-flags -h --help --hint -H --hold -I --immediate -J --job-name -K --kill-command -L --licenses --mail-type --mail-user --mem --mem-per-cpu --mem-per-gpu --mincpus --nice --no-bell -k --no-kill --no-shell --node-gpu-ids -F --nodefile -w --nodelist -N --nodes -n --ntasks --ntasks-per-core --ntasks-per-gpu --ntasks-per-node --ntasks-per-socket -O --overcommit -s --oversubscribe -p --partition --priority -q --qos -Q --quiet --reservation --signal --sockets-per-node --spool --spread-job --switches --thread-spec --threads-per-core -t --time --time-min --tmp --uid --usage --use-min-nodes -v --verbose -V --version --wait-all-nodes --wckey' ;;
    *) _mgpu_paths -c ;;
  esac
}
complete -F _mgpu_salloc_complete mgpu_salloc

_mgpu_sacct_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -A|--accounts) _mgpu_live accounts; return ;;
    --delimiter|-E|--endtime|-g|--group|-q|--qos|-S|--starttime|--units) return ;;
    -o|--format) _mgpu_list 'Account AdminComment AllocCPUS AllocNodes AllocTRES AssocID AveCPU AveCPUFreq AveDiskRead AveDiskWrite AvePages AveRSS AveVMSize BlockID Cluster Comment Constraints ConsumedEnergy ConsumedEnergyRaw Container CPUTime CPUTimeRAW DBIndex DerivedExitCode Elapsed ElapsedRaw Eligible End ExitCode Flags GID Group JobID JobIDRaw JobName Layout MaxDiskRead MaxDiskReadNode MaxDiskReadTask MaxDiskWrite MaxDiskWriteNode MaxDiskWriteTask MaxPages MaxPagesNode MaxPagesTask MaxRSS MaxRSSNode MaxRSSTask MaxVMSize MaxVMSizeNode MaxVMSizeTask McsLabel MinCPU MinCPUNode MinCPUTask NCPUS NNodes NodeList NTasks Partition Priority QOS QOSRAW Reason ReqCPUFreq ReqCPUFreqGov ReqCPUFreqMax ReqCPUFreqMin ReqCPUS ReqMem ReqNodes ReqTRES Reservation ReservationId Reserved ResvCPU ResvCPURAW Start State Submit SubmitLine Suspended SystemComment SystemCPU Timelimit TimelimitRaw TotalCPU TRESUsageInAve TRESUsageInMax TRESUsageInMaxNode TRESUsageInMaxTask TRESUsageInMin TRESUsageInMinNode TRESUsageInMinTask TRESUsageInTot TRESUsageOutAve TRESUsageOutMax TRESUsageOutMaxNode TRESUsageOutMaxTask TRESUsageOutMin TRESUsageOutMinNode TRESUsageOutMinTask TRESUsageOutTot UID User UserCPU WCKey WCKeyID WorkDir'; return ;;
    -j|--jobs) _mgpu_live anyjobs; return ;;
    --name) _mgpu_live jobnames; return ;;
    -N|--nodelist) _mgpu_live nodes; return ;;
    -r|--partition) _mgpu_live partitions; return ;;
    --spool) _mgpu_paths -d; return ;;
    -s|--state) _mgpu_list 'PENDING RUNNING SUSPENDED COMPLETED CANCELLED FAILED TIMEOUT NODE_FAIL PREEMPTED BOOT_FAIL DEADLINE OUT_OF_MEMORY COMPLETING CONFIGURING RESIZING RESV_DEL_HOLD REQUEUED REQUEUE_FED REQUEUE_HOLD REVOKED SIGNALING SPECIAL_EXIT STAGE_OUT STOPPED'; return ;;
    -u|--user) _mgpu_live users; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --accounts -X --allocations -a --allusers -B --batch-script -b --brief --delimiter -D --duplicates -E --endtime --env-vars -o --format -g --group -h --help -e --helpformat -j --jobs --json -L --local -l --long --name --noconvert -N --nodelist -n --noheader -p --parsable -P --parsable2 -r --partition -q --qos --spool -S --starttime -s --state --units --usage -u --user -v --verbose -V --version --yaml' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sacct_complete mgpu_sacct

_mgpu_sacctmgr_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
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
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
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
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
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
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  local at=1
  while ((at < COMP_CWORD)); do
    word=${COMP_WORDS[at]}
    case $word in
      --) at=$((at + 1)) && break ;;
      -F|--fanout|-j|--jobid|-s|--size|--spool|-t|--timeout) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -F|--fanout|-s|--size|-t|--timeout) return ;;
    -j|--jobid) _mgpu_live jobs; return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-F --fanout -f --force --help -j --jobid -p --preserve -s --size --spool -t --timeout --usage -v --verbose -V --version' ;;
    *) _mgpu_paths -f ;;
  esac
}
complete -F _mgpu_sbcast_complete mgpu_sbcast

_mgpu_sstat_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -o|--format) return ;;
    -j|--jobs) _mgpu_live jobs; return ;;
    --spool) _mgpu_paths -d; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-a --allsteps -o --format -h --help -e --helpformat -j --jobs --noconvert -n --noheader -p --parsable -P --parsable2 -i --pidformat --spool --usage -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sstat_complete mgpu_sstat

_mgpu_sprio_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -M|--clusters|-o|--format) return ;;
    -j|--jobs) _mgpu_live jobs; return ;;
    -p|--partition) _mgpu_live partitions; return ;;
    --spool) _mgpu_paths -d; return ;;
    -u|--user) _mgpu_live users; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-M --clusters -o --format --help -j --jobs --local -l --long -h --noheader -n --norm -p --partition --spool --usage -u --user -v --verbose -V --version -w --weights' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sprio_complete mgpu_sprio

_mgpu_sshare_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -A|--accounts) _mgpu_live accounts; return ;;
    -M|--clusters|-o|--format) return ;;
    --spool) _mgpu_paths -d; return ;;
    -u|--users) _mgpu_live users; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-U --Users -A --accounts -a --all -M --clusters -o --format --help -e --helpformat -l --long -n --noheader -p --parsable -P --parsable2 -m --partition --spool --usage -u --users -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sshare_complete mgpu_sshare

_mgpu_sbatch_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  local at=1
  while ((at < COMP_CWORD)); do
    word=${COMP_WORDS[at]}
    case $word in
      --) at=$((at + 1)) && break ;;
      -A|--account|-a|--array|-b|--begin|-D|--chdir|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|-d|--dependency|-m|--distribution|-e|--error|-x|--exclude|--export|--export-file|-B|--extra-node-info|--gid|--gpu-bind|--gpu-ids|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-i|--input|-J|--job-name|--kill-on-invalid-dep|-L|--licenses|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--node-gpu-ids|-F|--nodefile|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|--open-mode|-o|--output|-p|--partition|--priority|-q|--qos|--reservation|--signal|--sockets-per-node|--spool|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wait-all-nodes|--wckey|--wrap) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -A|--account) _mgpu_live accounts; return ;;
    -a|--array|-b|--begin|-M|--clusters|--comment|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpus-per-gpu|-c|--cpus-per-task|--deadline|-m|--distribution|--export|-B|--extra-node-info|--gid|--gpu-bind|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-J|--job-name|--mail-type|--mail-user|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|--priority|-q|--qos|--signal|--sockets-per-node|--switches|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|--wait-all-nodes|--wckey|--wrap) return ;;
    -D|--chdir|--spool) _mgpu_paths -d; return ;;
    -d|--dependency) _mgpu_live jobs; return ;;
    -e|--error|--export-file|-i|--input|-F|--nodefile|-o|--output) _mgpu_paths -f; return ;;
    -x|--exclude|--node-gpu-ids|-w|--nodelist) _mgpu_live nodes; return ;;
    --gpu-ids) _mgpu_live gpus; return ;;
    --kill-on-invalid-dep) _mgpu_offer 'yes no'; return ;;
    -L|--licenses) _mgpu_live licenses; return ;;
    --open-mode) _mgpu_offer 'append truncate'; return ;;
    -p|--partition) _mgpu_live partitions; return ;;
    --reservation) _mgpu_live reservations; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account -a --array -b --begin -D --chdir -M --clusters --comment -C --constraint --contiguous -S --core-spec --cores-per-socket --cpus-per-gpu -c --cpus-per-task --deadline -d --dependency --distributed -m --distribution -e --error -x --exclude --exclusive --export --export-file -B --extra-node-info --get-user-env --gid --gpu-bind --gpu-ids -G --gpus --gpus-per-node --gpus-per-socket --gpus-per-task --gres --gres-flags -h --help --hint -H --hold --ignore-pbs -i --input -J --job-name --kill-on-invalid-dep -L --licenses --mail-type --mail-user --mem --mem-per-cpu --mem-per-gpu --mincpus --nice -k --no-kill --no-requeue --node-gpu-ids -F --nodefile -w --nodelist -N --nodes -n --ntasks --ntasks-per-core --ntasks-per-gpu --ntasks-per-node --ntasks-per-socket --open-mode -o --output -O --overcommit -s --oversubscribe --parsable -p --partition --priority --propagate -q --qos -Q --quiet --requeue --reservation --signal --sockets-per-node --spool --spread-job --switches --test-only --thread-spec --threads-per-core -t --time --time-min --tmp --uid --usage --use-min-nodes -v --verbose -V --version -W --wait --wait-all-nodes --wckey --wrap' ;;
    *) _mgpu_paths -f ;;
  esac
}
complete -F _mgpu_sbatch_complete mgpu_sbatch

_mgpu_scancel_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -A|--account) _mgpu_live accounts; return ;;
    -n|--name) _mgpu_live jobnames; return ;;
    -w|--nodelist) _mgpu_live nodes; return ;;
    -p|--partition) _mgpu_live partitions; return ;;
    -q|--qos|-s|--signal|--wckey) return ;;
    -R|--reservation) _mgpu_live reservations; return ;;
    --spool) _mgpu_paths -d; return ;;
    -t|--state) _mgpu_list 'PENDING RUNNING SUSPENDED'; return ;;
    -u|--user) _mgpu_live users; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account -b --batch --ctld -f --full --help -H --hurry -i --interactive --me -n --name -w --nodelist -p --partition -q --qos -Q --quiet -R --reservation -s --signal --spool -t --state --usage -u --user -v --verbose -V --version --wckey' ;;
    *) _mgpu_live jobs ;;
  esac
}
complete -F _mgpu_scancel_complete mgpu_scancel

_mgpu_scontrol_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
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
    *)
      local operands=
      for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -* ]] || operands+="${operands:+ }$word"
      done
      case $operands in
        '') _mgpu_offer 'hold release requeue requeuehold resume suspend top uhold ping reconfigure show update version write' ;;
        'show') _mgpu_offer 'config hostlist hostnames job node partition reservation' ;;
        'show job') _mgpu_live anyjobs ;;
        'show node') _mgpu_live nodes ;;
        'show partition') _mgpu_live partitions ;;
        'show reservation') _mgpu_live reservations ;;
        'hold') _mgpu_live jobs ;;
        'release') _mgpu_live jobs ;;
        'requeue') _mgpu_live jobs ;;
        'requeuehold') _mgpu_live jobs ;;
        'resume') _mgpu_live jobs ;;
        'suspend') _mgpu_live jobs ;;
        'top') _mgpu_live jobs ;;
        'uhold') _mgpu_live jobs ;;
        'write') _mgpu_offer 'batch_script' ;;
        'write batch_script') _mgpu_live jobs ;;
      esac
      ;;
  esac
}
complete -F _mgpu_scontrol_complete mgpu_scontrol

_mgpu_sinfo_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -O|--Format) _mgpu_list 'Available features_act CPUs Disk FreeMem Features Groups OverSubscribe Time Memory NodeHost NodeAddr PriorityTier Root Size StateCompact User Version Weight SocketCoreThread NodeAI MaxCPUsPerNode CPUsState Nodes Reason NodeAIOT Gres TimeStamp PriorityJobFactor DefaultTime PreemptMode NodeList CPUsLoad Partition PartitionName AllocNodes StateLong UserLong Cluster Sockets Cores Threads AllocMem Comment Extra GresUsed Port StateComplete'; return ;;
    -M|--clusters|-o|--format|-i|--iterate|-S|--sort) return ;;
    -n|--nodes) _mgpu_live nodes; return ;;
    -p|--partition) _mgpu_live partitions; return ;;
    --spool) _mgpu_paths -d; return ;;
    -t|--states) _mgpu_list 'alloc comp down drain drained draining idle maint mix resv'; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-O --Format -N --Node -a --all -M --clusters -d --dead -e --exact -o --format --gpus --help --hide -i --iterate --json -R --list-reasons --local -l --long --noconvert -n --nodes -h --noheader -p --partition -T --reservation -r --responding -S --sort --spool -t --states -s --summarize --usage -v --verbose -V --version --yaml' ;;
    *) : ;;
  esac
}
complete -F _mgpu_sinfo_complete mgpu_sinfo

_mgpu_squeue_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    -O|--Format) _mgpu_list 'Account tres-per-node MinCpus MinTmpDisk EndTime Feature GroupName OverSubscribe JobArrayID Name Comment TimeLimit MinMemory ReqNodes Command Priority QOS Reason SelectJobInfo StateCompact UserName Reservation WCKey ExcNodes Nice SCT JobID BatchHost NumCPUs NumNodes Dependency ArrayJobID GroupID Sockets Cores Threads ArrayTaskID TimeLeft TimeUsed NodeList Contiguous Partition PriorityLong ReasonList StartTime State UserID SubmitTime Licenses CoreSpec SchedNodes WorkDir AccrueTime admin_comment AllocNodes AllocSID AssocID BatchFlag BoardsPerNode BurstBuffer BurstBufferState Cluster ClusterFeature Container cpus-per-task cpus-per-tres Deadline DelayBoot DerivedEC EligibleTime exit_code HetJobID HetJobIDSet HetJobOffset LastSchedEval MaxCPUs MaxNodes MCSLabel mem-per-tres MinTime Network NTPerBoard NTPerCore NTPerNode NTPerSocket NumTasks Origin OriginRaw PendingTime PreemptTime Prefer Profile Reboot ReqSwitch Requeue ResizeTime RestartCnt SiblingsActive SiblingsActiveRaw SiblingsViable SiblingsViableRaw SPerBoard STDERR STDIN STDOUT system_comment tres-alloc tres-bind tres-freq tres-per-job tres-per-socket tres-per-task Wait4Switch'; return ;;
    -A|--accounts) _mgpu_live accounts; return ;;
    -M|--clusters|-o|--format|-i|--iterate|-q|--qos|-S|--sort) return ;;
    -L|--licenses) _mgpu_live licenses; return ;;
    -n|--name) _mgpu_live jobnames; return ;;
    -w|--nodelist) _mgpu_live nodes; return ;;
    -p|--partitions) _mgpu_live partitions; return ;;
    -R|--reservation) _mgpu_live reservations; return ;;
    --spool) _mgpu_paths -d; return ;;
    -t|--states) _mgpu_list 'PENDING RUNNING SUSPENDED COMPLETED CANCELLED FAILED TIMEOUT NODE_FAIL PREEMPTED BOOT_FAIL DEADLINE OUT_OF_MEMORY COMPLETING CONFIGURING RESIZING RESV_DEL_HOLD REQUEUED REQUEUE_FED REQUEUE_HOLD REVOKED SIGNALING SPECIAL_EXIT STAGE_OUT STOPPED'; return ;;
    -u|--users) _mgpu_live users; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-O --Format -A --accounts -a --all -r --array --array-unique -M --clusters -o --format --help --hide -i --iterate -j --jobs --json -L --licenses --local -l --long --me -n --name --noconvert -w --nodelist -h --noheader -p --partitions -P --priority -q --qos -R --reservation -S --sort --spool --start -t --states -s --steps --usage -u --users -v --verbose -V --version --yaml' ;;
    *) : ;;
  esac
}
complete -F _mgpu_squeue_complete mgpu_squeue

_mgpu_srun_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  local at=1
  while ((at < COMP_CWORD)); do
    word=${COMP_WORDS[at]}
    case $word in
      --) at=$((at + 1)) && break ;;
      -A|--account|-b|--begin|-D|--chdir|-M|--clusters|--comment|--connection-timeout|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpu-bind|--cpus-per-gpu|-c|--cpus-per-task|--deadline|-d|--dependency|-m|--distribution|--epilog|-e|--error|-x|--exclude|--export|-B|--extra-node-info|--gid|--gpu-bind|--gpu-ids|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-i|--input|--io|-J|--job-name|--jobid|-L|--licenses|--mail-type|--mail-user|--max-wait-time|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--mpi|--node-gpu-ids|-F|--nodefile|-w|--nodelist|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|--open-mode|-o|--output|-p|--partition|--priority|--prolog|-q|--qos|-r|--relative|--reservation|--session-timeout|--signal|--sockets-per-node|--spool|--switches|--task-epilog|--task-prolog|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|-W|--wait|--wckey) at=$((at + 2)) && [[ ${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
  case $before in
    -A|--account) _mgpu_live accounts; return ;;
    -b|--begin|-M|--clusters|--comment|--connection-timeout|-C|--constraint|-S|--core-spec|--cores-per-socket|--cpu-bind|--cpus-per-gpu|-c|--cpus-per-task|--deadline|-m|--distribution|--epilog|--export|-B|--extra-node-info|--gid|--gpu-bind|-G|--gpus|--gpus-per-node|--gpus-per-socket|--gpus-per-task|--gres|--gres-flags|--hint|-J|--job-name|--mail-type|--mail-user|--max-wait-time|--mem|--mem-per-cpu|--mem-per-gpu|--mincpus|--mpi|-N|--nodes|-n|--ntasks|--ntasks-per-core|--ntasks-per-gpu|--ntasks-per-node|--ntasks-per-socket|--priority|--prolog|-q|--qos|-r|--relative|--session-timeout|--signal|--sockets-per-node|--switches|--task-epilog|--task-prolog|--thread-spec|--threads-per-core|-t|--time|--time-min|--tmp|--uid|-W|--wait|--wckey) return ;;
    -D|--chdir|--spool) _mgpu_paths -d; return ;;
    -d|--dependency|--jobid) _mgpu_live jobs; return ;;
    -e|--error|-i|--input|-F|--nodefile|-o|--output) _mgpu_paths -f; return ;;
    -x|--exclude|--node-gpu-ids|-w|--nodelist) _mgpu_live nodes; return ;;
    --gpu-ids) _mgpu_live gpus; return ;;
    --io) _mgpu_offer 'socket file auto'; return ;;
    -L|--licenses) _mgpu_live licenses; return ;;
    --open-mode) _mgpu_offer 'append truncate'; return ;;
    -p|--partition) _mgpu_live partitions; return ;;
    --reservation) _mgpu_live reservations; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '-A --account --bcast -b --begin -D --chdir -M --clusters --comment --connection-timeout -C --constraint --contiguous -S --core-spec --cores-per-socket --cpu-bind --cpus-per-gpu -c --cpus-per-task --deadline -d --dependency -X --disable-status --distributed -m --distribution --epilog -e --error --exact -x --exclude --exclusive --export -B --extra-node-info --gid --gpu-bind --gpu-ids -G --gpus --gpus-per-node --gpus-per-socket --gpus-per-task --gres --gres-flags -h --help --hint -H --hold -I --immediate -i --input --io -J --job-name --jobid -K --kill-on-bad-exit -l --label -L --licenses --mail-type --mail-user --max-wait-time --mem --mem-per-cpu --mem-per-gpu --mincpus --mpi --multi-prog --nice -k --no-kill --node-gpu-ids -F --nodefile -w --nodelist -N --nodes -n --ntasks --ntasks-per-core --ntasks-per-gpu --ntasks-per-node --ntasks-per-socket --open-mode -o --output -O --overcommit --overlap -s --oversubscribe -p --partition --priority --prolog --propagate --pty -q --qos -Q --quiet --quit-on-interrupt -r --relative --reservation --session-timeout --signal --sockets-per-node --spool --spread-job --switches --task-epilog --task-prolog --test-only --thread-spec --threads-per-core -t --time --time-min --tmp --uid -u --unbuffered --usage --use-min-nodes -v --verbose -V --version -W --wait --wckey --whole' ;;
    *) _mgpu_paths -c ;;
  esac
}
complete -F _mgpu_srun_complete mgpu_srun

_mgpud_complete() {
  local word _mgpu_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $before in
    --cpus|--gpus|--memory|--node-name|--poll|--port|--rack|--switch) return ;;
    --local-dir|--spool) _mgpu_paths -d; return ;;
    --log-file) _mgpu_paths -f; return ;;
  esac
  case $_mgpu_word in
    -*) _mgpu_offer '--cpus --embedded --gpus --help --local-dir --log-file --memory --node-name --poll --port --rack --spool --switch -v --verbose -V --version' ;;
    *) : ;;
  esac
}
complete -F _mgpud_complete mgpud
