import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isVersionOf, readTagVersion } from '../../bin/trust/semantic-version.ts';

describe('a versioned tag, as slsa-verifier has it', () => {
  // The rows about v13.0.30, v14 and v14.2 are those of its own tests (cli/slsa-verifier/main_regression_test.go).
  test.each([
    ['v13.0.30', ['v13.0.30', 'v13.0', 'v13'], ['v2', 'v0', 'v13.1', 'v12.9', 'v13.0.29', 'v13.0.31']],
    ['v14', ['v14', 'v14.0', 'v14.0.0'], ['v14.1', 'v13', 'v15', 'v13.2', 'v0']],
    ['v14.2', ['v14.2', 'v14', 'v14.2.0'], ['v14.2.1', 'v14.2.3', 'v14.1', 'v14.1.1', 'v14.3.1', 'v13', 'v15.1']],
    ['v1.2.3-rc.1', ['v1', 'v1.2', 'v1.2.3-rc.1', 'v1.2.3-rc.1+x'], ['v1.2.3', 'v1.2.3-rc.2', 'v1.2.3-rc']],
    ['v1.2.3+build.7', ['v1.2.3', 'v1.2', 'v1.2.3+other'], ['v1.2.3-build.7']],
    // No versions at all.
    ['1.2.3', [], ['v1', 'v1.2.3', '1.2.3']],
    ['v1.2.3.4', [], ['v1', 'v1.2.3']],
    ['v01.2.3', [], ['v01.2.3', 'v1', 'v1.2.3']],
    ['v1-rc', [], ['v1', 'v1-rc']],
    ['release', [], ['v1', 'release']],
    ['', [], ['v1', '']],
  ])('%s is one of %j and none of %j', (tag, yes, no) => {
    expect(yes.filter((wanted) => !isVersionOf(tag, wanted))).toEqual([]);
    expect(no.filter((wanted) => isVersionOf(tag, wanted))).toEqual([]);
  });

  test('what is no beginning of a version is never met by it', () => {
    const part = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(part, part, part, part, part, part, (a, b, c, d, e, f) => {
        expect(isVersionOf(`v${a}.${b}.${c}`, `v${d}.${e}.${f}`)).toBe(a === d && b === e && c === f);
        expect(isVersionOf(`v${a}.${b}.${c}`, `v${d}.${e}`)).toBe(a === d && b === e);
        expect(isVersionOf(`v${a}.${b}.${c}`, `v${d}`)).toBe(a === d);
      }),
    );
  });

  test('any text is a version or is none, in time', () => {
    expect(readTagVersion(`v1.2.3-${'a.'.repeat(100_000)}`)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), fc.string(), (tag, wanted) => {
        expect(readTagVersion(tag) !== undefined || !isVersionOf(tag, wanted)).toBe(true);
      }),
    );
  });
});
