/** Which channels of a recording are sound: all but the one that was said to be the airflow. */

export interface ChannelsSaid {
  /** One per channel; null: not known. */
  readonly sites: readonly (string | null)[];
  /** Position in the file; null: no channel is. */
  readonly airflow: number | null;
}

/** Positions in the file. */
export function soundChannels({ sites, airflow }: ChannelsSaid): number[] {
  return [...sites.keys()].filter(channel => channel !== airflow);
}

/** Of channels, such as those of an analysis from before it was said, those that are sound. */
export function soundsAmong<Channel extends { readonly channel: number }>(
  channels: readonly Channel[],
  airflow: number | null,
): Channel[] {
  return channels.filter(({ channel }) => channel !== airflow);
}
