/**
 * The promise of registries of images: which image a tag stands for now.
 *
 * Every operation throws AppError: `unauthenticated` (the registry does not take the login, or wants one), `forbidden`
 * (the login may not read it, or the address may not be called), `not_found`, `rate_limited`, `invalid` (the registry
 * does not take what was asked), `unavailable` (no answer, or none that says which image it is).
 */

/** A way into a registry; opened, never stored or logged. */
export interface RegistryLogin {
  username: string;
  secret: string;
}

export interface AskedImage {
  /** Without tag and digest, as in `registry.example.com/team/agent`; without a host it is of Docker Hub. */
  image: string;
  tag: string;
  login: RegistryLogin | null;
  /** The certificate of an authority of its own, PEM. */
  ca: string | null;
}

export interface ResolvedImage {
  /** Of the manifest; of an image for several platforms, of their index. */
  digest: string;
  /** Of the manifests of each platform: some runtimes name those as what runs. Empty for an image for one. */
  platforms: string[];
}

export interface ImageRegistry {
  resolve(asked: AskedImage, signal: AbortSignal): Promise<ResolvedImage>;
}
