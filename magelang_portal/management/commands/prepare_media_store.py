import json

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Make the bucket that MEDIA_STORE_URL names, if it is not there, and let everyone read "
        "what lies under public/ in it, and nothing else. May be run again."
    )

    def handle(self, *args, **options):
        store = settings.MEDIA_STORE
        if store is None:
            raise CommandError("MEDIA_STORE_URL is empty: uploads lie in folders here.")
        client = storages["default"].connection.meta.client
        try:
            if store.bucket not in {each["Name"] for each in client.list_buckets()["Buckets"]}:
                client.create_bucket(**self.new_bucket(store))
                self.stdout.write(f"Made the bucket {store.bucket}.")
            client.put_bucket_policy(Bucket=store.bucket, Policy=json.dumps(self.policy(store)))
        except (BotoCoreError, ClientError) as error:
            raise CommandError(f"The store at {store.origin} refuses: {error}") from error
        self.stdout.write(f"Everyone may read public/ in {store.bucket}, and only that.")

    @staticmethod
    def new_bucket(store):
        # S3 knows this region as the one that needs no name, and refuses to hear it.
        if store.region == "us-east-1":
            return {"Bucket": store.bucket}
        place = {"LocationConstraint": store.region}
        return {"Bucket": store.bucket, "CreateBucketConfiguration": place}

    @staticmethod
    def policy(store):
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": f"arn:aws:s3:::{store.bucket}/public/*",
                }
            ],
        }
