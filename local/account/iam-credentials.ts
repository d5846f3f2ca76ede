import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  EntityAlreadyExistsException,
  GetLoginProfileCommand,
  LimitExceededException,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation, refusal } from './answer.ts';
import { takePage } from './iam-pages.ts';
import { type IamStore, missing, type StoredUser } from './iam-store.ts';

const MOST_KEYS = 2;

/** Access keys and passwords. */
export function credentialOperations(store: IamStore): [string, Operation][] {
  const keyOf = (user: StoredUser, id = '') => {
    const key = user.keys.get(id);
    if (key === undefined) throw missing(`The Access Key with id ${id} cannot be found.`);
    return key;
  };
  const loginOf = (user: StoredUser) => {
    if (user.login === undefined) throw missing(`Login Profile for User ${user.name} cannot be found.`);
    return user.login;
  };
  return [
    answers(CreateAccessKeyCommand, ({ UserName }) => {
      const user = store.user(UserName);
      if (user.keys.size >= MOST_KEYS) {
        throw refusal(LimitExceededException, `Cannot exceed quota for AccessKeysPerUser: ${MOST_KEYS}`, 409);
      }
      const key = { id: store.newUniqueId('AKIA'), createdAt: store.context.clock.now(), status: 'Active' as const };
      user.keys.set(key.id, { ...key });
      return {
        AccessKey: {
          UserName: user.name,
          AccessKeyId: key.id,
          Status: key.status,
          SecretAccessKey: store.newUniqueId('secret'),
          CreateDate: new Date(key.createdAt),
        },
      };
    }),
    answers(ListAccessKeysCommand, (input) => {
      const user = store.user(input.UserName);
      const { items, rest } = takePage(user.keys.values(), ({ id }) => id, input);
      const AccessKeyMetadata = items.map(({ id, status, createdAt }) => ({
        UserName: user.name,
        AccessKeyId: id,
        Status: status,
        CreateDate: new Date(createdAt),
      }));
      return { AccessKeyMetadata, ...rest };
    }),
    answers(UpdateAccessKeyCommand, ({ UserName, AccessKeyId, Status }) => {
      keyOf(store.user(UserName), AccessKeyId).status = Status === 'Active' ? 'Active' : 'Inactive';
      return {};
    }),
    answers(DeleteAccessKeyCommand, ({ UserName, AccessKeyId }) => {
      const user = store.user(UserName);
      user.keys.delete(keyOf(user, AccessKeyId).id);
      return {};
    }),
    answers(CreateLoginProfileCommand, ({ UserName, PasswordResetRequired = false }) => {
      const user = store.user(UserName);
      if (user.login !== undefined) {
        throw refusal(EntityAlreadyExistsException, `Login Profile for user ${user.name} already exists.`, 409);
      }
      user.login = { createdAt: store.context.clock.now(), resetRequired: PasswordResetRequired };
      return { LoginProfile: describeLogin(user, user.login) };
    }),
    answers(GetLoginProfileCommand, ({ UserName }) => {
      const user = store.user(UserName);
      return { LoginProfile: describeLogin(user, loginOf(user)) };
    }),
    answers(UpdateLoginProfileCommand, ({ UserName, PasswordResetRequired }) => {
      const login = loginOf(store.user(UserName));
      login.resetRequired = PasswordResetRequired ?? login.resetRequired;
      return {};
    }),
    answers(DeleteLoginProfileCommand, ({ UserName }) => {
      const user = store.user(UserName);
      loginOf(user);
      user.login = undefined;
      return {};
    }),
  ];
}

function describeLogin({ name }: StoredUser, { createdAt, resetRequired }: NonNullable<StoredUser['login']>) {
  return { UserName: name, CreateDate: new Date(createdAt), PasswordResetRequired: resetRequired };
}
