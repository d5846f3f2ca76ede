import { formatSection } from './section.ts';
import { measureVerificationSpeed } from './verification-speed.ts';

console.log(formatSection(measureVerificationSpeed()));
