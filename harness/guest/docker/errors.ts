import { ImageError } from '../../util/errors.ts';

/** A pull began, and failed on the way. The Engine answers 200 then, with the reason among the progress. */
export class DockerPullError extends ImageError {
  readonly image: string;
  readonly reason: string;

  constructor(image: string, reason: string) {
    super(`The pull of ${image} failed: ${reason}`);
    this.image = image;
    this.reason = reason;
  }
}
