import { redirect } from 'next/navigation';
import { paths } from '#lib/model/paths.ts';

export default function Home(): never {
  redirect(paths.overview());
}
