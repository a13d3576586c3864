import { StateMessage } from '#components/ui/states.tsx';

/** For people who may not set up single sign-on. */
export function SignOnNotAllowed() {
  return (
    <StateMessage kind="no-permission" title="Single sign-on is for admins of the installation">
      It decides who comes in and what they may do everywhere. Ask somebody with a role that holds in every
      team.
    </StateMessage>
  );
}

/** A test came back to a session or a configuration that is not there any more. */
export function TestNotKept() {
  return (
    <p role="alert" className="text-sm text-critical-text">
      The test sign-in came back, but its result was not kept: your session or the provider changed meanwhile.
      Try it again.
    </p>
  );
}
