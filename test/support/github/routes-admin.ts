import { type Answer, notFound, nothing, Refusal } from './answers.ts';
import { type Call, type Route, userByLogin } from './call.ts';
import type { Role } from './state.ts';

const roles: Readonly<Record<string, Role>> = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
};

/**
 * Everybody of the world is a member of the organisation, who needs no invitation.
 * @see https://docs.github.com/en/rest/collaborators/collaborators#add-a-repository-collaborator
 */
function addCollaborator(call: Call): Answer {
  const user = userByLogin(call.state, call.params.username ?? '');
  if (!user) throw notFound();
  const role = roles[call.body.permission ?? 'push'];
  if (role === undefined) throw new Refusal(422, 'Validation Failed');
  user.role = role;
  return nothing();
}

/**
 * A classic token needs a scope of its own. The repository itself is for the organisation to remove.
 * @see https://docs.github.com/en/rest/repos/repos#delete-a-repository
 */
function deleteRepository(call: Call): Answer {
  const scopes = call.actor.token?.scopes;
  if (scopes && !scopes.includes('delete_repo'))
    throw new Refusal(403, 'Must have admin rights to Repository.');
  return nothing();
}

export const adminRoutes: readonly Route[] = [
  {
    operation: 'repos/add-collaborator',
    role: 'admin',
    permissions: ['administration:write'],
    run: addCollaborator,
  },
  { operation: 'repos/delete', role: 'admin', permissions: ['administration:write'], run: deleteRepository },
];
