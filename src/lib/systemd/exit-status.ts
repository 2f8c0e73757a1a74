import { constants } from 'node:os';

/** Statuses that systemd itself gives a process it could not start: systemd.exec(5), "Process Exit Codes". */
const systemdStatuses: Readonly<Record<number, readonly [name: string, meaning: string]>> = {
  200: ['CHDIR', 'the working directory could not be entered'],
  201: ['NICE', 'the nice level could not be set'],
  202: ['FDS', 'file descriptors could not be passed'],
  203: ['EXEC', 'the program could not be executed: is it there, and executable?'],
  204: ['MEMORY', 'out of memory before the program started'],
  205: ['LIMITS', 'a resource limit could not be set'],
  206: ['OOM_ADJUST', 'the OOM setting could not be made'],
  207: ['SIGNAL_MASK', 'the signal mask could not be set'],
  208: ['STDIN', 'standard input could not be set up'],
  209: ['STDOUT', 'standard output could not be set up'],
  210: ['CHROOT', 'the root directory could not be changed'],
  211: ['IOPRIO', 'the I/O priority could not be set'],
  212: ['TIMERSLACK', 'the timer slack could not be set'],
  213: ['SECUREBITS', 'the secure bits could not be set'],
  214: ['SETSCHEDULER', 'the CPU scheduling could not be set'],
  215: ['CPUAFFINITY', 'the CPU affinity could not be set'],
  216: ['GROUP', 'the group does not exist or could not be taken'],
  217: ['USER', 'the user does not exist or could not be taken'],
  218: ['CAPABILITIES', 'capabilities could not be set'],
  219: ['CGROUP', 'the control group could not be set up'],
  220: ['SETSID', 'a session could not be made'],
  221: ['CONFIRM', 'the start was declined'],
  222: ['STDERR', 'standard error could not be set up'],
  224: ['PAM', 'the PAM session could not be opened'],
  225: ['NETWORK', 'the network namespace could not be set up'],
  226: ['NAMESPACE', 'the sandbox could not be set up: a path it names may be missing'],
  227: ['NO_NEW_PRIVILEGES', 'NoNewPrivileges= could not be set'],
  228: ['SECCOMP', 'the system call filter could not be set'],
  229: ['SELINUX_CONTEXT', 'the SELinux context could not be set'],
  230: ['PERSONALITY', 'the personality could not be set'],
  231: ['APPARMOR_PROFILE', 'the AppArmor profile could not be taken'],
  232: ['ADDRESS_FAMILIES', 'address families could not be restricted'],
  233: ['RUNTIME_DIRECTORY', 'the runtime directory could not be made'],
  235: ['CHOWN', 'ownership could not be changed'],
  236: ['SMACK_PROCESS_LABEL', 'the SMACK label could not be set'],
  237: ['KEYRING', 'the kernel keyring could not be set up'],
  238: ['STATE_DIRECTORY', 'the state directory could not be made'],
  239: ['CACHE_DIRECTORY', 'the cache directory could not be made'],
  240: ['LOGS_DIRECTORY', 'the logs directory could not be made'],
  241: ['CONFIGURATION_DIRECTORY', 'the configuration directory could not be made'],
  242: ['NUMA_POLICY', 'the NUMA policy could not be set'],
  243: ['CREDENTIALS', 'credentials could not be set up'],
};

/** Returns an exit status in words: "exit status 1", "exit status 203 (EXEC): the program could not be executed: …". */
export function exitStatusInWords(status: number): string {
  const known = systemdStatuses[status];
  return known ? `exit status ${status} (${known[0]}): ${known[1]}` : `exit status ${status}`;
}

/** Returns the name of a signal number, "SIGKILL" for 9; "signal 64" for one without a name. */
export function signalName(signal: number): string {
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  return name ?? `signal ${signal}`;
}
