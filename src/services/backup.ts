/** Copies of a cluster; the store, which knows what lies in a spool, does the work. */
export { type BackupReport, takeBackup } from '../store/backup.ts';
export { type RestoreReport, restoreBackup } from '../store/restore.ts';
