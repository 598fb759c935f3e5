import { portal } from '../../../src/page-access.ts';

export const dynamic = 'force-dynamic';

const handle = (request: Request): Promise<Response> => portal().handle(request);

export { handle as DELETE, handle as GET, handle as POST, handle as PUT };
