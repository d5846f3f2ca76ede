import { describe, expect, test } from 'vitest';
import { signJws } from '../../../support/notation-envelopes.ts';
import { DAY, HOUR, type Issued, issueChain, issueRoot, NOW, ocspAt } from '../../../support/notation-kit.ts';
import { type Answers, network, OCSP_URL } from '../../../support/notation-network.ts';
import { answerOcsp } from '../../../support/notation-responders.ts';
import { createStamper, stamp } from '../../../support/notation-stamps.ts';
import { summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const chain = issueChain({ leaf: { more: [ocspAt(OCSP_URL)] } });
const { leaf, intermediate } = chain;

describe('the verification level', () => {
  const stores = { 'ca:acme': [chain.root.certificate] };
  const enforcement = (revocation: 'enforce' | 'log' | 'skip') => ({
    integrity: 'enforce' as const,
    authenticity: 'enforce' as const,
    authenticTimestamp: 'enforce' as const,
    expiry: 'enforce' as const,
    revocation,
  });
  const verify = (answers: Answers, action: 'enforce' | 'log' | 'skip') =>
    verifyStrictly(signJws(chain), stores, {
      revocation: network(answers),
      statement: { enforcement: enforcement(action) },
    }).then(summarize);
  const good = answerOcsp(leaf, intermediate);
  const bad = answerOcsp(leaf, intermediate, { status: 'revoked' });

  test('says what a revocation and what no answer mean', async () => {
    expect(await verify({ [OCSP_URL]: good }, 'enforce')).toBe('accepted');
    expect(await verify({ [OCSP_URL]: bad }, 'enforce')).toBe('rejected revoked');
    expect(await verify({}, 'enforce')).toBe('undetermined revocation-unknown');
    expect(await verify({ [OCSP_URL]: bad }, 'log')).toBe('accepted');
    expect(await verify({}, 'log')).toBe('accepted');
    expect(await verify({}, 'skip')).toBe('accepted');
  });

  test('nobody is asked where it is skipped or where the chain is not trusted', async () => {
    const { asked, fetch } = network({ [OCSP_URL]: good });
    const lenient = { ...enforcement('log'), authenticity: 'log' as const };
    const stranger: Issued = issueRoot();

    await verifyStrictly(signJws(chain), stores, {
      revocation: { fetch },
      statement: { enforcement: enforcement('skip') },
    });
    const outcome = await verifyStrictly(
      signJws(chain),
      { 'ca:acme': [stranger.certificate] },
      { revocation: { fetch }, statement: { enforcement: lenient } },
    );

    expect(outcome.kind === 'accepted' && outcome.authentic).toBe(false);
    expect(asked).toEqual([]);
  });

  test('holds for the time stamping authority too', async () => {
    const place = 'http://ocsp.stamps.example/';
    const stamper = createStamper({ more: [ocspAt(place)] });
    const envelope = signJws(chain, { timestamp: (signature) => stamp(stamper, signature) });
    const verifyStamped = (answers: Answers, action: 'enforce' | 'skip') =>
      verifyStrictly(
        envelope,
        { ...stores, 'tsa:stamps': [stamper.root.certificate] },
        {
          revocation: network({ [OCSP_URL]: good, ...answers }),
          statement: { enforcement: enforcement(action) },
        },
      ).then(summarize);

    expect(await verifyStamped({}, 'enforce')).toBe('undetermined revocation-unknown');
    expect(await verifyStamped({}, 'skip')).toBe('accepted');
    expect(await verifyStamped({ [place]: answerOcsp(stamper.leaf, stamper.middle) }, 'enforce')).toBe('accepted');
    expect(
      await verifyStamped({ [place]: answerOcsp(stamper.leaf, stamper.middle, { status: 'revoked' }) }, 'enforce'),
    ).toBe('rejected revoked');
  });
});

describe('what was accepted has to be verified again', () => {
  const stores = { 'ca:acme': [chain.root.certificate] };
  const plain = issueChain();
  const strict = {
    integrity: 'enforce' as const,
    authenticity: 'enforce' as const,
    authenticTimestamp: 'enforce' as const,
    expiry: 'enforce' as const,
    revocation: 'enforce' as const,
  };
  const good = (nextUpdate: number) => ({ [OCSP_URL]: answerOcsp(leaf, intermediate, { nextUpdate }) });
  const endOf = async (...parameters: Parameters<typeof verifyStrictly>) => {
    const outcome = await verifyStrictly(...parameters);
    return outcome.kind === 'accepted' ? outcome.holdsUntil : summarize(outcome);
  };

  test.each([
    ['when the answer about its revocation ends', {}, good(NOW + 6 * HOUR), strict, NOW + 6 * HOUR],
    ['after a day, however long the answer holds', {}, good(NOW + 30 * DAY), strict, NOW + DAY],
    ['when it expires', { expiry: NOW + 3 * HOUR }, good(NOW + 6 * HOUR), strict, NOW + 3 * HOUR],
    ['after a day where an answer is wanted and there is none', {}, {}, { ...strict, revocation: 'log' }, NOW + DAY],
    ['when its certificate ends where nobody is asked', {}, {}, { ...strict, revocation: 'skip' }, NOW + 300 * DAY],
    [
      'not for an expiry that is over and only logged',
      { expiry: NOW - HOUR, signingTime: NOW - DAY },
      good(NOW + 6 * HOUR),
      { ...strict, expiry: 'log' },
      NOW + 6 * HOUR,
    ],
  ] as const)('%s', async (_when, envelope, answers, enforcement, end) => {
    const options = { revocation: network(answers), statement: { enforcement } };

    expect(await endOf(signJws(chain, envelope), stores, options)).toBe(end);
  });

  test('when the answer about the time stamping authority ends', async () => {
    const place = 'http://ocsp.stamps.example/';
    const stamper = createStamper({ more: [ocspAt(place)] });
    const envelope = signJws(plain, { timestamp: (signature) => stamp(stamper, signature) });
    const answers = { [place]: answerOcsp(stamper.leaf, stamper.middle, { nextUpdate: NOW + 2 * HOUR }) };
    const trusted = { 'ca:acme': [plain.root.certificate], 'tsa:stamps': [stamper.root.certificate] };

    expect(await endOf(envelope, trusted, { revocation: network(answers) })).toBe(NOW + 2 * HOUR);
    expect(await endOf(signJws(plain), { 'ca:acme': [plain.root.certificate] })).toBe(NOW + 300 * DAY);
  });
});
