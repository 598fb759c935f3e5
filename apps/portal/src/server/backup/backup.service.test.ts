import { describeBackup } from '../../../test/backup-suite.ts';
import { openEmbedded } from '../database.ts';

describeBackup(
  'a backup of an embedded database, restored into one',
  () => openEmbedded(null),
  async () => ({}),
);
