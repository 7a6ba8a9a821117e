/**
 * The options of Slurm 22.05's commands, as the programs themselves list them: `=` for an argument, `[=]`
 * for one that may be missing; then the letters.
 */
export const slurmOptions: Readonly<Record<string, { readonly long: string; readonly letters: string }>> = {
  sbatch: {
    long: `account= acctg-freq= array= batch= bb= bbf= begin= chdir= cluster-constraint= cluster= clusters=
comment= constraint= container= context= contiguous core-spec= cores-per-socket= cpu-freq=
cpus-per-gpu= cpus-per-task= deadline= delay-boot= dependency= distribution= error= exclude=
exclusive[=] export-file= export= extra-node-info= get-user-env[=] gid= gpu-bind= gpu-freq=
gpus-per-node= gpus-per-socket= gpus-per-task= gpus= gres-flags= gres= help hint= hold ignore-pbs
input= job-name= kill-on-invalid-dep= licenses= mail-type= mail-user= mcs-label= mem-bind=
mem-per-cpu= mem-per-gpu= mem= mincpus= network= nice[=] no-kill[=] no-requeue nodefile= nodelist=
nodes= ntasks-per-core= ntasks-per-gpu= ntasks-per-node= ntasks-per-socket= ntasks-per-tres= ntasks=
open-mode= output= overcommit oversubscribe parsable partition= power= prefer= priority= profile=
propagate[=] qos= quiet reboot requeue reservation= signal= sockets-per-node= spread-job switches=
tasks-per-node= test-only thread-spec= threads-per-core= time-min= time= tmp= uid= usage
use-min-nodes verbose version wait wait-all-nodes= wckey= wrap=`,
    letters:
      'a= b= c= d= e= h i= k[=] m= n= o= p= q= s t= v w= x= A= B= C= D= F= G= H J= L= M= N= O Q S= V W',
  },
  srun: {
    long: `accel-bind= account= acctg-freq= bb= bbf= bcast-exclude= bcast[=] begin= chdir= cluster-constraint=
cluster= clusters= comment= compress[=] constraint= container= context= contiguous core-spec=
cores-per-socket= cpu-bind= cpu-freq= cpu_bind= cpus-per-gpu= cpus-per-task= deadline= debugger-test
delay-boot= dependency= disable-status distribution= epilog= error= exact exclude= exclusive[=]
export= extra-node-info= gid= gpu-bind= gpu-freq= gpus-per-node= gpus-per-socket= gpus-per-task=
gpus= gres-flags= gres= help het-group= hint= hold immediate[=] input= interactive job-name= jobid=
kill-on-bad-exit[=] label licenses= mail-type= mail-user= mcs-label= mem-bind= mem-per-cpu=
mem-per-gpu= mem= mincpus= mpi= msg-timeout= multi-prog network= nice[=] no-allocate no-kill[=]
nodefile= nodelist= nodes= ntasks-per-core= ntasks-per-gpu= ntasks-per-node= ntasks-per-socket=
ntasks-per-tres= ntasks= open-mode= output= overcommit overlap[=] oversubscribe pack-group=
partition= power= prefer= preserve-env priority= profile= prolog= propagate[=] pty qos= quiet
quit-on-interrupt reboot relative= reservation= resv-ports[=] send-libs[=] signal= slurmd-debug=
sockets-per-node= spread-job switches= task-epilog= task-prolog= tasks-per-node= test-only
thread-spec= threads-per-core= threads= time-min= time= tmp= uid= unbuffered usage use-min-nodes
verbose version wait= wckey= whole x11[=]`,
    letters: `b= c= d= e= h i= k[=] l m= n= o= p= q= r= s t= u v w= x= A= B= C= D= E F= G= H I[=] J= K[=] L=
M= N= O Q S= T= V W= X Z`,
  },
  salloc: {
    long: `account= acctg-freq= bb= bbf= begin= bell chdir= cluster-constraint= cluster= clusters= comment=
constraint= container= context= contiguous core-spec= cores-per-socket= cpu-freq= cpus-per-gpu=
cpus-per-task= deadline= delay-boot= dependency= distribution= exclude= exclusive[=] extra-node-info=
get-user-env[=] gid= gpu-bind= gpu-freq= gpus-per-node= gpus-per-socket= gpus-per-task= gpus=
gres-flags= gres= help hint= hold immediate[=] job-name= kill-command[=] licenses= mail-type=
mail-user= mcs-label= mem-bind= mem-per-cpu= mem-per-gpu= mem= mincpus= network= nice[=] no-bell
no-kill[=] no-shell nodefile= nodelist= nodes= ntasks-per-core= ntasks-per-gpu= ntasks-per-node=
ntasks-per-socket= ntasks-per-tres= ntasks= overcommit oversubscribe partition= power= prefer=
priority= profile= qos= quiet reboot reservation= signal= sockets-per-node= spread-job switches=
tasks-per-node= thread-spec= threads-per-core= time-min= time= tmp= uid= usage use-min-nodes verbose
version wait-all-nodes= wckey= x11[=]`,
    letters: 'b= c= d= h k[=] m= n= p= q= s t= v w= x= A= B= C= D= F= G= H I[=] J= K[=] L= M= N= O Q S= V',
  },
  squeue: {
    long: `Format= accounts= all array array-unique cluster= federation format= help hide iterate= jobs[=]
json licenses= local long me name= noconvert node= nodelist= nodes= noheader partitions= priority qos=
reservation= sib sort= start states= steps[=] usage user= users= verbose version yaml`,
    letters: 'a h i= j[=] l n= o= p= q= r s[=] t= u= v w= A= L= M= O= P R= S= V',
  },
  scancel: {
    long: `account= batch cluster= clusters= ctld full help hurry interactive jobname= me name= nodelist=
partition= qos= quiet reservation= sibling= signal= state= usage user= verbose version wckey=`,
    letters: 'b f i n= p= q= s= t= u= v w= A= H M= Q R= V',
  },
  sinfo: {
    long: `Format= Node all cluster= dead exact federation format= help hide iterate= json list-reasons local
long noconvert nodes= noheader partition= reservation responding sort= states= summarize usage
verbose version yaml`,
    letters: 'a d e h i= l n= o= p= r s t= v M= N O= R S= T V',
  },
  scontrol: {
    long: `all cluster= details federation future help hide local oneliner quiet sibling uid= usage verbose
version`,
    letters: 'a d h o u= v F M= Q V',
  },
};
