import { z } from 'zod';

// The page's security policy forbids code made from strings, which zod would otherwise try to use. Imported before any schema is made.
z.config({ jitless: true });
