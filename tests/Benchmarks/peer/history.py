#!/usr/bin/python3
"""User features of 5 million interactions with pandas: python3 history.py DATA [--rounds 3]

DATA holds what gendata.py wrote; the interactions are added to it once (h_*.npy). Prints one line of JSON: interactions a second for
the numbers (counts, like ratio, prices, age of the newest like, hour of day, counts of 30 days), for the bag of liked videos (a like
counts half as much a year earlier) and for the bags of tags and performers, all of unit length; and sums, to see that others get the same."""
import argparse, json, os, resource, statistics, time
import numpy as np
import pandas as pd

parser = argparse.ArgumentParser()
parser.add_argument('data')
parser.add_argument('--rounds', type=int, default=3)
options = parser.parse_args()
USERS, EVENTS, DAY = 100_000, 5_000_000, 86_400


def path(name):
    return os.path.join(options.data, name + '.npy')


items = len(np.load(path('i_off'))) - 1
if not os.path.exists(path('h_price')):
    rng = np.random.default_rng(11)
    user = np.sort(rng.integers(0, USERS, EVENTS))
    seconds = 1_700_000_000 + rng.integers(0, 400 * DAY, EVENTS)
    order = np.lexsort((seconds, user))
    weight = 1 / np.arange(1, items + 1) ** 0.7
    np.save(path('h_item'), rng.choice(items, EVENTS, p=rng.permutation(weight / weight.sum())).astype(np.int32))
    np.save(path('h_user'), user.astype(np.int32))
    np.save(path('h_time'), seconds[order].astype(np.int32))
    np.save(path('h_like'), (rng.random(EVENTS) < 0.6).astype(np.int32))
    np.save(path('h_price'), rng.integers(100, 5000, items).astype(np.int32))

frame = pd.DataFrame({name: np.load(path('h_' + name)) for name in ('user', 'item', 'time', 'like')})
price = np.load(path('h_price')).astype(float)
offsets, indices = np.load(path('i_off')), np.load(path('i_idx'))
tokens = pd.DataFrame({'item': np.repeat(np.arange(items), np.diff(offsets)), 'token': indices})
tokens = tokens[tokens.token < 7000]  # tags below 2,000, performers above
as_of = int(frame.time.max()) + DAY


def numbers():
    likes = frame[frame.like == 1]
    likes = likes.assign(price=price[likes.item.to_numpy()], hour=likes.time // 3600 % 24)
    decisions, liked = frame.groupby('user').size(), likes.groupby('user')
    table = pd.DataFrame({'decisions': decisions, 'likes': liked.size()}).fillna(0)
    table['nopes'] = table.decisions - table.likes
    table['ratio'] = table.likes / table.decisions
    table['mean_price'], table['median_price'] = liked.price.mean(), liked.price.median()
    table['recent_like_days'] = (as_of - liked.time.max()) / DAY
    table['hour'] = liked.hour.mean()
    recent = as_of - 30 * DAY
    table['decisions_30d'] = frame[frame.time > recent].groupby('user').size()
    table['likes_30d'] = likes[likes.time > recent].groupby('user').size()
    table = table.fillna(0)
    table['nopes_30d'] = table.decisions_30d - table.likes_30d
    table['ratio_30d'] = (table.likes_30d / table.decisions_30d).fillna(0.5)
    return table


def unit_length(values, *groups):
    return values / np.sqrt((values ** 2).groupby(list(groups)).transform('sum'))


def liked_videos():
    likes = frame.loc[frame.like == 1, ['user', 'item', 'time']]
    newest = likes.groupby('user').time.transform('max')
    likes['weight'] = 2.0 ** ((likes.time - newest) / (365 * DAY))
    table = likes.groupby(['user', 'item'], sort=False).weight.sum().reset_index()
    return unit_length(table.weight, table.user)


def tag_bags():
    pairs = frame.loc[frame.like == 1, ['user', 'item']].merge(tokens, on='item')
    counts = pairs.groupby(['user', 'token'], sort=False).size().reset_index(name='count')
    return unit_length(counts['count'], counts.user, counts.token < 2000)


def rate(work):
    times, result = [], work()  # the first time is for memory that the system has yet to give
    for _ in range(options.rounds):
        started = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - started)
    return EVENTS / statistics.median(times), result


names = ['mean_price', 'median_price', 'ratio', 'likes', 'nopes', 'decisions', 'recent_like_days', 'hour',
         'likes_30d', 'nopes_30d', 'decisions_30d', 'ratio_30d']
numbers_rate, table = rate(numbers)
videos_rate, videos = rate(liked_videos)
tags_rate, tags = rate(tag_bags)
print(json.dumps({
    'numbers': numbers_rate,
    'liked_videos': videos_rate,
    'tag_bags': tags_rate,
    'sums': [float(table[name].sum()) for name in names] + [float(videos.sum()), float(tags.sum())],
    'rss_mb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
}))
