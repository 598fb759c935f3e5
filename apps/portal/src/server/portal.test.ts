import { describePortal } from '../../test/portal-suite.ts';
import { openEmbedded } from './database.ts';

describePortal('the portal on PGlite', () => openEmbedded(null));
