import { NotFoundHere } from '#components/shell/not-found-here.tsx';

export default function ConsoleNotFound() {
  return <NotFoundHere />;
}
